public import Tensors

/// One part of an example: what it is called, its shape, and what its numbers mean.
public struct Field: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// `[channels, height, width]`, pixels in -1...1.
        case image
        /// Numbers that have no bounds.
        case numbers
        /// Along the last dimension 1 at one place at most, and -1 elsewhere.
        case choices
        /// `[]`, the number of a class, from 0.
        case label
    }

    public let name: String
    /// That of one example.
    public let shape: Shape
    public let kind: Kind

    public init(_ name: String, _ shape: Shape, _ kind: Kind) {
        self.name = name
        self.shape = shape
        self.kind = kind
    }

    /// A picture, `[channels, height, width]`.
    public static func image(_ shape: Shape) -> Field { Field("image", shape, .image) }

    /// A point in the plane.
    public static let point = Field("point", [2], .numbers)

    /// The class of an example.
    public static let label = Field("class", [], .label)
}

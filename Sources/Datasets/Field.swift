public import Tensors

/// One part of an example: its name, its shape, and the meaning of its numbers.
public struct Field: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// An image, `[channels, height, width]`, with pixels in -1...1.
        case image
        /// Numbers without bounds.
        case numbers
        /// A choice: along the last dimension, at most one number is 1 and all others are -1.
        case choices
        /// The number of a class, from 0, with shape `[]`.
        case label
    }

    public let name: String
    /// The shape of the field in one example.
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

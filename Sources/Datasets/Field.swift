public import Tensors

/// One part of an example: its name, its shape, and the meaning of its numbers.
public struct Field: Hashable, Sendable {
    /// What the numbers of a field mean; a new kind of data names its own.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// - Parameter name: A word or two, as messages have it.
        public init(_ name: String) { description = name }

        /// An image, `[channels, height, width]`, with pixels in -1...1.
        public static let image = Kind("image")
        /// Numbers without bounds.
        public static let numbers = Kind("numbers")
        /// A choice: along the last dimension, at most one number is 1 and all others are -1.
        public static let choices = Kind("choices")
        /// The number of a class, from 0, with shape `[]`.
        public static let label = Kind("label")
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

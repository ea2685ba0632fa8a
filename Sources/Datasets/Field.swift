public import Tensors

/// One part of an example: its name, its shape, and the meaning of its numbers.
public struct Field: Hashable, Sendable {
    /// What the numbers of a field mean; a new kind of data names its own.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        /// Whether networks that read images can be shown it: its last two dimensions are height and width, and all before
        /// them become channels.
        public let isVisual: Bool
        /// What a row of a table is made of; nil for other kinds.
        public let form: RowForm?

        /// - Parameter name: A word or two, as messages have it.
        public init(_ name: String, isVisual: Bool = false, form: RowForm? = nil) {
            (description, self.isVisual, self.form) = (name, isVisual, form)
        }

        /// An image, `[channels, height, width]`, with pixels in -1...1.
        public static let image = Kind("image", isVisual: true)
        /// A clip, `[frames, channels, height, width]`, with pixels in -1...1.
        public static let clip = Kind("clip", isVisual: true)
        /// Numbers without bounds.
        public static let numbers = Kind("numbers")
        /// A choice: along the last dimension, at most one number is 1 and all others are -1.
        public static let choices = Kind("choices")
        /// The number of a class, from 0, with shape `[]`.
        public static let label = Kind("label")
        /// A row of a table, as its form says.
        public static func row(_ form: RowForm) -> Kind { Kind("row of a table", form: form) }
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

    /// A clip, `[frames, channels, height, width]`.
    public static func clip(_ shape: Shape) -> Field { Field("clip", shape, .clip) }

    /// A point in the plane.
    public static let point = Field("point", [2], .numbers)

    /// The class of an example.
    public static let label = Field("class", [], .label)

    /// The shape of the image that networks see in an example, `[channels, height, width]`, the frames of a clip as its
    /// channels; nil where there is nothing to see.
    public var imageShape: Shape? {
        guard kind.isVisual else { return nil }
        return Shape([shape.dropLast(2).reduce(1, *)] + shape.suffix(2))
    }
}

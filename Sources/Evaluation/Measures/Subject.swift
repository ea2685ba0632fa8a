public import Datasets
public import PretrainedNetworks
internal import Tensors

/// What is known about the examples to be measured, before they are read.
public struct Subject: Sendable {
    /// The name in errors, which is the recipe's name.
    public let name: String
    /// The fields that are known; measures that name no field use the first.
    public var fields: [Field]
    /// The number of classes; 0 if no classes are known.
    public var classes = 0
    /// Whether samples are drawn by class.
    public var isConditional = false
    /// The network that makes features of images; nil if images are compared as they are.
    public var extractor: (any FeatureExtractor)?
    /// The recipes whose classifiers tell these classes apart.
    public var classifiers: [String] = []

    public init(_ name: String, fields: [Field], extractor: (any FeatureExtractor)? = nil) {
        precondition(!fields.isEmpty, "\(name) has no fields to measure")
        self.name = name
        self.fields = fields
        self.extractor = extractor
    }

    /// The field with a name, or the first field if `name` is nil; nil if there is no such field.
    public func field(_ name: String?) -> Field? {
        guard let name else { return fields[0] }
        return fields.first { $0.name == name }
    }

    /// Throws if the extractor makes no features of a field's images; numbers of other kinds need no extractor.
    ///
    /// - Throws: ``EvaluationError``.
    public func requireFeatures(of field: String?) throws {
        guard let extractor else { return }
        guard fields.contains(where: \.kind.isVisual) else {
            throw EvaluationError(
                "the extractor: expected none, since \(name) draws no images, found \(extractor.name)"
            )
        }
        guard let image = self.field(field)?.imageShape else { return }
        guard [image, Self.channel(of: image)].contains(extractor.example) else {
            throw EvaluationError(
                "the extractor: expected one of images of \(image), found one of \(extractor.example)"
            )
        }
    }

    /// The extractor, if it is a classifier that tells these classes apart; otherwise nil.
    public var ownClassifier: TrainedClassifier? {
        guard let trained = extractor as? TrainedClassifier,
            trained.classifier.classes == classes, classifiers.contains(trained.recipe)
        else { return nil }
        return trained
    }

    /// The features of a field's values `[examples, shape…]`.
    func features(of values: NDArray, _ field: Field?) -> Features {
        guard let extractor, let image = field?.imageShape else { return Features(values) }
        let images = Tensor(values).reshaped(to: Shape([values.shape[0]] + image)).value
        if extractor.example == image { return extractor.features(images) }
        // For an extractor of grey images, each channel of a colour image is an image of its own.
        let channels = extractor.features(Self.channels(of: images))
        return Features(
            count: images.shape[0], dimensions: channels.dimensions * image[0],
            values: channels.values)
    }

    /// The shape of one channel of an image as an image of its own.
    static func channel(of example: Shape) -> Shape { Shape([1] + example.dropFirst()) }

    /// The channels of images, each as an image of its own.
    static func channels(of images: NDArray) -> NDArray {
        Tensor(images).reshaped(
            to: Shape([images.shape[0] * images.shape[1], 1] + images.shape.dropFirst(2))
        ).value
    }
}

public import Datasets
public import PretrainedNetworks
internal import Tensors

/// What is known of the examples that are measured, before they are looked at.
public struct Subject: Sendable {
    /// What errors call it: the recipe's name.
    public let name: String
    /// The fields that are known; measures that name none look at the first.
    public var fields: [Field]
    /// How many classes there are; 0: none are known.
    public var classes = 0
    /// Whether samples are drawn by class.
    public var isConditional = false
    /// What makes features of images; nil: they are compared as they are.
    public var extractor: (any FeatureExtractor)?
    /// The recipes whose classifiers tell the classes apart.
    public var classifiers: [String] = []

    public init(_ name: String, fields: [Field], extractor: (any FeatureExtractor)? = nil) {
        precondition(!fields.isEmpty, "\(name) has no fields to measure")
        self.name = name
        self.fields = fields
        self.extractor = extractor
    }

    /// The field of a name, nil where it is not known; the first one, where there is no name.
    public func field(_ name: String?) -> Field? {
        guard let name else { return fields[0] }
        return fields.first { $0.name == name }
    }

    /// Refuses an extractor that makes no features of a field's images; numbers of other kinds need none.
    ///
    /// - Throws: ``EvaluationError``.
    public func requireFeatures(of field: String?) throws {
        guard let extractor else { return }
        guard fields.contains(where: { $0.kind == .image }) else {
            throw EvaluationError(
                "the extractor: expected none, since \(name) draws no images, found \(extractor.name)"
            )
        }
        guard let field = self.field(field), field.kind == .image else { return }
        guard [field.shape, Self.channel(of: field.shape)].contains(extractor.example) else {
            throw EvaluationError(
                "the extractor: expected one of images of \(field.shape), found one of \(extractor.example)"
            )
        }
    }

    /// The extractor, if it is a classifier that tells the classes apart.
    public var ownClassifier: TrainedClassifier? {
        guard let trained = extractor as? TrainedClassifier,
            trained.classifier.classes == classes, classifiers.contains(trained.recipe)
        else { return nil }
        return trained
    }

    /// The features of values `[examples, shape…]`.
    func features(of values: NDArray, _ kind: Field.Kind?) -> Features {
        guard let extractor, kind == .image else { return Features(values) }
        if extractor.example == values.shape.dropFirst() { return extractor.features(values) }
        // A colour's channels are images of their own to an extractor of grey ones.
        let channels = extractor.features(Self.channels(of: values))
        return Features(
            count: values.shape[0], dimensions: channels.dimensions * values.shape[1],
            values: channels.values)
    }

    /// The shape of a colour's channel as an image of its own.
    static func channel(of example: Shape) -> Shape { Shape([1] + example.dropFirst()) }

    /// The channels of images, each as an image of its own.
    static func channels(of images: NDArray) -> NDArray {
        Tensor(images).reshaped(
            to: Shape([images.shape[0] * images.shape[1], 1] + images.shape.dropFirst(2))
        ).value
    }
}

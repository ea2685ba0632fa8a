internal import CClassifiers
internal import NeuralNetworks
public import Tensors

/// What turns images of one shape into features.
public protocol FeatureExtractor: Sendable {
    /// The name that goes with every figure made of its features.
    var name: String { get }
    /// The shape of the images that it reads.
    var example: Shape { get }
    func features(_ images: NDArray) -> Features
}

extension TrainedClassifier: FeatureExtractor {
    public var name: String {
        let percent = (accuracy * 10_000).rounded() / 100
        return
            "a classifier trained on \(recipe) that names \(percent)% of held-out examples rightly"
    }

    public var example: Shape { classifier.example }

    public func features(_ images: NDArray) -> Features { read(images).features }

    /// The classifier of a recipe's images that comes with the program.
    ///
    /// - Throws: ``EvaluationError`` where none does.
    public static func included(for recipe: String) throws -> TrainedClassifier {
        let file = swiftgan_classifier(recipe)
        guard let bytes = file.bytes else {
            throw EvaluationError(
                "expected a classifier for \(recipe) in the program, found none; --extractor names a file of 'swiftgan train-extractor'"
            )
        }
        return try TrainedClassifier(
            bytes: UnsafeRawBufferPointer(start: bytes, count: file.count))
    }
}

/// Convolutions with random weights: they need no training, and compare textures more than things.
public struct RandomConvolutions: FeatureExtractor {
    public let name = "random convolutions"
    private let untrained: TrainedClassifier

    /// Those of images `[channels, height, width]`, the same everywhere.
    public init(of example: Shape) {
        let classifier = Classifier(example: example, classes: 1)
        untrained = TrainedClassifier(
            classifier: classifier, recipe: "nothing", accuracy: 0,
            buffer: classifier.network.initialWeights(RandomSource(seed: 1), number: 0))
    }

    public var example: Shape { untrained.example }

    public func features(_ images: NDArray) -> Features { untrained.features(images) }
}

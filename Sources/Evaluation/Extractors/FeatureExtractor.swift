internal import Foundation
internal import NeuralNetworks
public import Tensors

/// What turns images into features, and the name that goes with every figure made of them.
public struct FeatureExtractor: Sendable {
    public let name: String
    /// The classifier, where it was trained: then it can name classes, too.
    public let trained: TrainedClassifier?
    private let classifier: TrainedClassifier

    public init(_ classifier: TrainedClassifier) {
        self.classifier = classifier
        trained = classifier
        let percent = (classifier.accuracy * 10_000).rounded() / 100
        name =
            "a classifier trained on \(classifier.recipe) that names \(percent)% of held-out examples rightly"
    }

    /// Convolutions with random weights: they need no training, and compare textures more than things.
    public static func randomConvolutions(of example: Shape) -> FeatureExtractor {
        let classifier = Classifier(example: example, classes: 1)
        let buffer = classifier.network.initialWeights(RandomSource(seed: 1), number: 0)
        return FeatureExtractor(
            name: "random convolutions",
            classifier: TrainedClassifier(
                classifier: classifier, recipe: "nothing", accuracy: 0, buffer: buffer))
    }

    private init(name: String, classifier: TrainedClassifier) {
        self.name = name
        self.classifier = classifier
        trained = nil
    }

    /// The classifier that comes with the program for a recipe's images; nil where none does.
    public static func bundled(for recipe: String) throws -> FeatureExtractor? {
        // Beside the program, where the build puts it; a program that was copied alone has none.
        let folder = "\(Bundle.main.bundlePath)/SwiftGAN_Evaluation.resources"
        let path = "\(folder)/Classifiers/\(recipe).safetensors"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return FeatureExtractor(try TrainedClassifier(path: path))
    }

    /// The shape of the images that it reads.
    public var example: Shape { classifier.classifier.example }

    public func features(_ images: NDArray) -> Features { classifier.read(images).features }
}

internal import Foundation
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

    /// The classifier that comes with the program for a recipe's images; nil where none does.
    public static func bundled(for recipe: String) throws -> TrainedClassifier? {
        // Beside the program, where the build puts it; a program that was copied alone has none.
        let folder = "\(Bundle.main.bundlePath)/SwiftGAN_Evaluation.resources"
        let path = "\(folder)/Classifiers/\(recipe).safetensors"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try TrainedClassifier(path: path)
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

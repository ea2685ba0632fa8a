internal import NeuralNetworks
public import Tensors

/// A network that no longer learns, and turns images of one shape into features.
///
/// Gradients flow through it to images that are recorded; its weights have no gradients.
public protocol FeatureExtractor: Sendable {
    /// The name that is shown with every metric that uses these features.
    var name: String { get }
    /// The shape of the images that it reads.
    var example: Shape { get }
    /// The names of the values on the way to the features, from shallow to deep.
    var depths: [String] { get }
    /// How many images memory has room for at once, if no tape is kept.
    var imagesAtOnce: Int { get }
    /// The features of images `[batch, channels, height, width]`, as `[batch, features]`.
    func features(of images: Tensor) -> Tensor
    /// The values at some of the ``depths`` for such images, each `[batch, …]`, as perceptual losses compare them
    /// (Johnson et al., 2016).
    ///
    /// Nothing is computed that these values do not need.
    func featureMaps(of images: Tensor, at depths: [String]) -> [Tensor]
}

extension FeatureExtractor {
    func requireSuitable(_ images: Tensor) {
        require(
            images.shape.dropFirst() == example, "\(images.shape.dropFirst()) is not \(example)")
    }

    func place(of depth: String) -> Int {
        guard let place = depths.firstIndex(of: depth) else {
            fatalError("\(name) has no depth '\(depth)', only \(depths.joined(separator: ", "))")
        }
        return place
    }
}

/// Convolutions with random weights, which need no training, and compare textures more than things.
public struct RandomConvolutions: FeatureExtractor {
    public let name = "random convolutions"
    private let untrained: TrainedClassifier

    /// Creates convolutions for images `[channels, height, width]`; their weights are always the same.
    public init(of example: Shape) {
        let classifier = Classifier(example: example, classes: 1)
        untrained = TrainedClassifier(
            classifier: classifier, recipe: "nothing", accuracy: 0,
            buffer: classifier.network.initialWeights(RandomSource(seed: 1), number: 0))
    }

    public var example: Shape { untrained.example }
    public var depths: [String] { untrained.depths }
    public var imagesAtOnce: Int { untrained.imagesAtOnce }

    public func features(of images: Tensor) -> Tensor { untrained.features(of: images) }

    public func featureMaps(of images: Tensor, at depths: [String]) -> [Tensor] {
        untrained.featureMaps(of: images, at: depths)
    }
}

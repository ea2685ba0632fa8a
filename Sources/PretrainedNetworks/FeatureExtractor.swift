internal import NeuralNetworks
public import Tensors

/// A network that learns no more: it turns images of one shape into features.
///
/// Images that are recorded have gradients through it; its weights have none.
public protocol FeatureExtractor: Sendable {
    /// The name that goes with every metric that is made of its features.
    var name: String { get }
    /// The shape of the images that it reads.
    var example: Shape { get }
    /// The names of what it computes on the way to its features, from shallow to deep.
    var depths: [String] { get }
    /// How many images memory has room for at once, where no tape is kept.
    var imagesAtOnce: Int { get }
    /// The features of images `[batch, channels, height, width]`, as `[batch, features]`.
    func features(of images: Tensor) -> Tensor
    /// What it makes of such images at some of its ``depths``, each `[batch, …]`: what perceptual losses compare (Johnson et
    /// al., 2016).
    ///
    /// No more is computed than these need.
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
    public var depths: [String] { untrained.depths }
    public var imagesAtOnce: Int { untrained.imagesAtOnce }

    public func features(of images: Tensor) -> Tensor { untrained.features(of: images) }

    public func featureMaps(of images: Tensor, at depths: [String]) -> [Tensor] {
        untrained.featureMaps(of: images, at: depths)
    }
}

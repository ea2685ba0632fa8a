internal import Foundation
internal import NeuralNetworks
public import Tensors

/// A small convolutional network that tells classes of images apart; what it computes last before it decides are the features
/// that measures compare.
public struct Classifier: Sendable {
    /// The shape of an image.
    public let example: Shape
    public let classes: Int
    let network: Network
    private let module: any Layer
    private static let features = 64

    public init(example: Shape, classes: Int) {
        precondition(example.rank == 3 && example[1] == example[2] && example[1] % 4 == 0)
        self.example = example
        self.classes = classes
        (network, module) = Network.single("classifier") { tree in
            let side = example[1] / 4
            return Sequential(
                Convolution(
                    &tree, "down1", from: example[0], to: 32, kernel: 4, stride: 2, padding: 1,
                    hasBias: true), LeakyReLU(),
                Convolution(
                    &tree, "down2", from: 32, to: 64, kernel: 4, stride: 2, padding: 1,
                    hasBias: true), LeakyReLU(),
                Convolution(
                    &tree, "inner", from: 64, to: 32, kernel: 3, padding: 1, hasBias: true),
                LeakyReLU(), Flatten(), Dropout(share: 0.3),
                Linear(&tree, "features", from: 32 * side * side, to: Self.features), LeakyReLU(),
                FeaturesAndClasses(&tree, from: Self.features, classes: classes))
        }
    }

    /// Features `[batch, 64]` and the logarithms of the classes' odds, `[batch, classes]`.
    func callAsFunction(_ images: Tensor, _ pass: ForwardPass) -> (features: Tensor, odds: Tensor) {
        let both = module(images, pass)
        return (
            both.sliced(1, 0..<Self.features),
            both.sliced(1, Self.features..<(Self.features + classes))
        )
    }
}

/// Features, and beside them what follows for each class.
private struct FeaturesAndClasses: Layer {
    private let classes: Linear

    init(_ tree: inout ParameterTree, from features: Int, classes: Int) {
        self.classes = Linear(&tree, "classes", from: features, to: classes)
    }

    func callAsFunction(_ features: Tensor, _ pass: ForwardPass) -> Tensor {
        .concatenated([features, classes(features, pass)], along: 1)
    }
}

package import NeuralNetworks
public import Tensors

/// A small convolutional network that tells classes of images apart; its last values before the decision are the
/// features that measures compare.
public struct Classifier: Sendable {
    /// The shape of an image.
    public let example: Shape
    public let classes: Int
    package let network: Network
    /// The layers from an image to its features, one part for each of ``depths``, and then to the logits of the
    /// classes.
    private let parts: [Sequential]

    static let depths = ["down1", "down2", "inner", "features"]
    private static let features = 64

    package init(example: Shape, classes: Int) {
        precondition(example.rank == 3 && example[1] == example[2] && example[1] % 4 == 0)
        self.example = example
        self.classes = classes
        var tree = ParameterTree()
        let side = example[1] / 4
        parts = [
            Sequential(
                Convolution(
                    &tree, "down1", from: example[0], to: 32, kernel: 4, stride: 2, padding: 1,
                    hasBias: true), LeakyReLU()),
            Sequential(
                Convolution(
                    &tree, "down2", from: 32, to: 64, kernel: 4, stride: 2, padding: 1,
                    hasBias: true), LeakyReLU()),
            Sequential(
                Convolution(
                    &tree, "inner", from: 64, to: 32, kernel: 3, padding: 1, hasBias: true),
                LeakyReLU()),
            Sequential(
                Flatten(), Dropout(share: 0.3),
                Linear(&tree, "features", from: 32 * side * side, to: Self.features),
                LeakyReLU()),
            Sequential(Linear(&tree, "classes", from: Self.features, to: classes)),
        ]
        network = Network("classifier", tree)
    }

    /// The outputs of the first parts, each computed from the one before it.
    private func outputs(_ images: Tensor, _ pass: ForwardPass, count: Int) -> [Tensor] {
        var outputs: [Tensor] = []
        for part in parts.prefix(count) { outputs.append(part(outputs.last ?? images, pass)) }
        return outputs
    }

    /// The values at some of its ``depths`` for images, counted from 0.
    func featureMaps(_ images: Tensor, _ pass: ForwardPass, at places: [Int]) -> [Tensor] {
        let outputs = outputs(images, pass, count: (places.max() ?? -1) + 1)
        return places.map { outputs[$0] }
    }

    /// Features `[batch, 64]` and the logits of the classes, `[batch, classes]`.
    package func callAsFunction(_ images: Tensor, _ pass: ForwardPass) -> (
        features: Tensor, odds: Tensor
    ) {
        let outputs = outputs(images, pass, count: parts.count)
        return (outputs[parts.count - 2], outputs[parts.count - 1])
    }
}

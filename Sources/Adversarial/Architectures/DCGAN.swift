public import NeuralNetworks
internal import Tensors

/// Deep convolutional networks (Radford et al., 2015) for grey images of 28 x 28.
public enum DCGAN {
    /// From `[batch, latents]` to images `[batch, 1, 28, 28]` in -1...1.
    ///
    /// - Parameter width: Channels before the last layer.
    public static func generator(latents: Int, width: Int) -> Network {
        Network("generator") { tree in
            Sequential(
                Linear(
                    &tree, "project", from: latents, to: 2 * width * 7 * 7, hasBias: false,
                    initially: weights),
                Reshape(to: [2 * width, 7, 7]),
                BatchNormalization(&tree, "norm1", channels: 2 * width, initialScale: scales),
                ReLU(),
                TransposedConvolution(
                    &tree, "up1", from: 2 * width, to: width, kernel: 4, stride: 2, padding: 1,
                    initially: weights),
                BatchNormalization(&tree, "norm2", channels: width, initialScale: scales),
                ReLU(),
                TransposedConvolution(
                    &tree, "up2", from: width, to: 1, kernel: 4, stride: 2, padding: 1,
                    initially: weights),
                Tanh())
        }
    }

    /// From images `[batch, 1, 28, 28]` to scores `[batch, 1]`.
    ///
    /// - Parameter width: Channels after the first layer.
    public static func discriminator(width: Int) -> Network {
        Network("discriminator") { tree in
            Sequential(
                Convolution(
                    &tree, "down1", from: 1, to: width, kernel: 4, stride: 2, padding: 1,
                    initially: weights),
                LeakyReLU(),
                Convolution(
                    &tree, "down2", from: width, to: 2 * width, kernel: 4, stride: 2, padding: 1,
                    initially: weights),
                BatchNormalization(&tree, "norm2", channels: 2 * width, initialScale: scales),
                LeakyReLU(),
                Flatten(),
                Linear(
                    &tree, "score", from: 2 * width * 7 * 7, to: 1, hasBias: false,
                    initially: weights))
        }
    }

    private static let weights = Initializer.normal(deviation: 0.02)
    private static let scales = Initializer.normal(mean: 1, deviation: 0.02)
}

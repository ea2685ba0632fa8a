public import NeuralNetworks
internal import Tensors

/// Residual networks without normalization, one block a resolution: the smallest of the kind that R3GAN
/// (Huang et al., 2024) trains with relativistic scores and slope penalties alone.
public struct ResidualPair: Sendable {
    /// Channels of an image.
    public let channels: Int
    /// The image's side: 4 times a power of two.
    public let side: Int
    public let width: Int

    public init(channels: Int, side: Int, width: Int) {
        self.channels = channels
        self.side = side
        self.width = width
    }

    private var doublings: Int { (side / 4).trailingZeroBitCount }

    /// From `[batch, latents]` to images `[batch, channels, side, side]` in -1...1.
    public func generator(latents: Int) -> Network {
        Network("generator") { tree in
            var layers: [any Layer] = [
                Linear(&tree, "project", from: latents, to: width * 16),
                Reshape(to: [width, 4, 4]),
                block(&tree, "block1"),
            ]
            for step in 0..<doublings {
                layers += [BilinearUpsampling(), block(&tree, "block\(step + 2)")]
            }
            layers += [
                Convolution(
                    &tree, "image", from: width, to: channels, kernel: 3, padding: 1, hasBias: true),
                Tanh(),
            ]
            return Sequential(layers)
        }
    }

    /// From images `[batch, channels, side, side]` to scores `[batch, 1]`.
    public func discriminator() -> Network {
        Network("discriminator") { tree in
            var layers: [any Layer] = [
                Convolution(
                    &tree, "image", from: channels, to: width, kernel: 3, padding: 1, hasBias: true),
                block(&tree, "block1"),
            ]
            for step in 0..<doublings {
                layers += [AveragePooling(), block(&tree, "block\(step + 2)")]
            }
            layers += [Flatten(), Linear(&tree, "score", from: width * 16, to: 1)]
            return Sequential(layers)
        }
    }

    private func block(_ tree: inout ParameterTree, _ name: String) -> Residual {
        Residual(
            LeakyReLU(),
            Convolution(
                &tree, "\(name).first", from: width, to: width, kernel: 3, padding: 1, hasBias: true
            ),
            LeakyReLU(),
            // A branch that starts small keeps the sum's variance near that of its input.
            Convolution(
                &tree, "\(name).second", from: width, to: width, kernel: 3, padding: 1,
                hasBias: true,
                initially: .normal(deviation: 0.1 * (2 / Float(9 * width)).squareRoot())))
    }
}

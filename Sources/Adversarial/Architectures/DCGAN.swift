public import NeuralNetworks
internal import Tensors

/// Deep convolutional networks (Radford et al., 2015): images grow and shrink twofold a layer.
public struct DCGAN: Sendable {
    /// Channels of an image.
    public let channels: Int
    /// The sides of the smallest and of the full image; the second is the first times a power of two.
    public let sides: (first: Int, last: Int)
    /// Channels beside the image; doubled with every halving of it.
    public let width: Int

    /// Grey images of 28 x 28.
    public static func grey28(width: Int) -> DCGAN {
        DCGAN(channels: 1, sides: (7, 28), width: width)
    }

    /// Colour images of 64 x 64.
    public static func colour64(width: Int) -> DCGAN {
        DCGAN(channels: 3, sides: (4, 64), width: width)
    }

    /// Layers that double the side.
    private var doublings: Int { (sides.last / sides.first).trailingZeroBitCount }

    /// Channels where the image has been halved `halvings` times.
    private func channels(after halvings: Int) -> Int { width << (halvings - 1) }

    /// From `[batch, latents]` to images `[batch, channels, side, side]` in -1...1.
    public func generator(latents: Int) -> Network {
        Network("generator") { tree in
            let deepest = channels(after: doublings)
            var layers: [any Layer] = [
                Linear(
                    &tree, "project", from: latents, to: deepest * sides.first * sides.first,
                    hasBias: false, initially: Self.weights),
                Reshape(to: [deepest, sides.first, sides.first]),
                BatchNormalization(
                    &tree, "norm1", channels: deepest, initialScale: Self.scales),
                ReLU(),
            ]
            for step in 1..<doublings {
                let outputs = channels(after: doublings - step)
                layers += [
                    TransposedConvolution(
                        &tree, "up\(step)", from: 2 * outputs, to: outputs, kernel: 4, stride: 2,
                        padding: 1, initially: Self.weights),
                    BatchNormalization(
                        &tree, "norm\(step + 1)", channels: outputs, initialScale: Self.scales),
                    ReLU(),
                ]
            }
            layers += [
                TransposedConvolution(
                    &tree, "up\(doublings)", from: width, to: channels, kernel: 4, stride: 2,
                    padding: 1, initially: Self.weights),
                Tanh(),
            ]
            return Sequential(layers)
        }
    }

    /// From images `[batch, channels, side, side]` to scores `[batch, 1]`.
    ///
    /// - Parameter isNormalized: Whether batch normalization follows the inner convolutions; slope penalties of single
    ///   examples ask for none.
    public func discriminator(isNormalized: Bool = true) -> Network {
        Network("discriminator") { tree in
            var layers: [any Layer] = []
            var inputs = channels
            for step in 1...doublings {
                let outputs = channels(after: step)
                layers.append(
                    Convolution(
                        &tree, "down\(step)", from: inputs, to: outputs, kernel: 4, stride: 2,
                        padding: 1, initially: Self.weights))
                if isNormalized && step > 1 {
                    layers.append(
                        BatchNormalization(
                            &tree, "norm\(step)", channels: outputs, initialScale: Self.scales))
                }
                layers.append(LeakyReLU())
                inputs = outputs
            }
            layers += [
                Flatten(),
                Linear(
                    &tree, "score", from: inputs * sides.first * sides.first, to: 1,
                    hasBias: false, initially: Self.weights),
            ]
            return Sequential(layers)
        }
    }

    private static let weights = Initializer.normal(deviation: 0.02)
    private static let scales = Initializer.normal(mean: 1, deviation: 0.02)
}

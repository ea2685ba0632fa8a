internal import Adversarial
internal import NeuralNetworks
internal import Tensors

/// Four halvings and four doublings, where each doubling also sees what the halving of its size saw (U-Net; Ronneberger et
/// al., 2015).
///
/// Pictures may have any sides that are multiples of ``multiple``.
struct UNet: Layer {
    static let multiple = 16

    /// Checks whether pictures of the resolution that settings say, where they say one, can be halved as often as here.
    ///
    /// - Throws: ``/Adversarial/SettingError``.
    static func requireSuitableSides(_ settings: Settings) throws {
        guard let images = settings[ifPresent: ImageSettings.self] else { return }
        guard images.resolution.isMultiple(of: multiple) else {
            throw SettingError(
                "resolution", expected: "a multiple of \(multiple)", found: images.resolution)
        }
    }

    private let down: [Sequential]
    private let middle: any Layer
    private let up: [Sequential]
    private let last: Sequential

    /// - Parameters:
    ///   - width: The channels at half the size; each further halving has twice as many.
    ///   - noise: How many numbers beside a picture each doubling is told, so that one picture can become many.
    init(
        _ tree: inout ParameterTree, from inputs: Int, to outputs: Int, width: Int, noise: Int = 0
    ) {
        let widths = [width, 2 * width, 4 * width, 8 * width]
        var channels = inputs
        down = widths.enumerated().map { level, width in
            let name = "down\(level + 1)"
            // The first keeps the picture's contrast, and the smallest has too few pixels to be normalized by.
            let isNormalized = level == 1 || level == 2
            var layers: [any Layer] = [
                Convolution(
                    &tree, name, from: channels, to: width, kernel: 4, stride: 2, padding: 1,
                    hasBias: !isNormalized)
            ]
            if isNormalized {
                layers.append(
                    ExampleNormalization(&tree, "\(name).norm", over: .instance, channels: width))
            }
            channels = width
            return Sequential(layers + [LeakyReLU()])
        }
        middle = Residual(
            Convolution(
                &tree, "middle.first", from: channels, to: channels, kernel: 3, padding: 1,
                hasBias: true),
            LeakyReLU(),
            Convolution(
                &tree, "middle.second", from: channels, to: channels, kernel: 3, padding: 1,
                hasBias: true))
        up = [widths[2], widths[1], widths[0]].enumerated().map { level, made in
            // What it makes stands beside what the halving of the same size saw.
            defer { channels = 2 * made }
            return Sequential(
                Convolution(
                    &tree, "up\(level + 1)", from: channels + noise, to: made, kernel: 3,
                    padding: 1, hasBias: true), LeakyReLU())
        }
        last = Sequential(
            Convolution(
                &tree, "last.first", from: channels + inputs + noise, to: width, kernel: 3,
                padding: 1, hasBias: true), LeakyReLU(),
            // Not bounded: bounded ones never quite reach white, and once they are there they learn no more.
            Convolution(
                &tree, "last.second", from: width, to: outputs, kernel: 3, padding: 1,
                hasBias: true, initially: .constant(0)))
    }

    func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        self(input, noise: nil, pass)
    }

    /// - Parameter noise: `[pictures, numbers]`, where the network was made for such.
    func callAsFunction(_ input: Tensor, noise: Tensor?, _ pass: ForwardPass) -> Tensor {
        func beside(_ features: Tensor, _ others: Tensor...) -> Tensor {
            let shape = features.shape
            let planes = noise.map { noise in
                noise.reshaped(to: [shape[0], noise.shape[1], 1, 1])
                    .broadcast(to: [shape[0], noise.shape[1], shape[2], shape[3]])
            }
            let parts = [features] + others + (planes.map { [$0] } ?? [])
            return parts.count == 1 ? features : .concatenated(parts, along: 1)
        }
        var seen: [Tensor] = []
        let smallest = down.reduce(input) { picture, layer in
            seen.append(picture)
            return layer(picture, pass)
        }
        let features = up.reduce(middle(smallest, pass)) { features, layer in
            let larger = layer(beside(features.upsampledNearest(by: 2)), pass)
            return .concatenated([larger, seen.removeLast()], along: 1)
        }
        return last(beside(features.upsampledNearest(by: 2), input), pass)
    }
}

internal import NeuralNetworks
internal import Tensors

/// A light pair for large pictures from a few hundred examples (after FastGAN; Liu et al., 2021).
///
/// In the generator, small images gate the channels of images sixteen times as large. The critic has no normalization, so that its slopes are those of single pictures. The design's width is that of the layers at
/// 128 px.
struct FastGAN: NetworkPair {
    let design: NetworkDesign

    /// The number of channels where images have been doubled `level` times.
    private func channels(at level: Int) -> Int {
        let halves = [32, 16, 8, 4, 4, 2]
        return max(1, design.width * (level < halves.count ? halves[level] : 1) / 2)
    }

    /// Maps `[batch, latent size]` to images `[batch, channels, height, width]` in -1...1.
    func generator(_ tree: inout ParameterTree) -> any Layer {
        let deepest = channels(at: 0)
        var (start, features) = design.latentLayers(&tree)
        start += [
            Linear(
                &tree, "project", from: features, to: 2 * deepest * 16, hasBias: false),
            Reshape(to: [2 * deepest, 4, 4]),
            design.normalization(&tree, "norm0", channels: 2 * deepest), GatedLinearUnit(),
        ]
        let doublings = (1...design.halvings).map { level in
            let outputs = channels(at: level)
            return Sequential(
                NearestUpsampling(),
                Convolution(
                    &tree, "up\(level)", from: channels(at: level - 1), to: 2 * outputs, kernel: 3,
                    padding: 1),
                design.normalization(&tree, "norm\(level)", channels: 2 * outputs),
                GatedLinearUnit())
        }
        // A gate at a level sees the image of four levels before.
        let gates = (0...design.halvings).map { level in
            level < 4
                ? nil
                : ChannelGate(
                    &tree, "gate\(level)", from: channels(at: level - 4), to: channels(at: level))
        }
        return GatedDecoder(
            start: Sequential(start), doublings: doublings, gates: gates,
            ending: Sequential(
                Convolution(
                    &tree, "image", from: channels(at: design.halvings), to: design.example[0],
                    kernel: 3, padding: 1, hasBias: true), design.ending))
    }

    /// Maps images `[batch, channels, height, width]` to scores `[batch, 1]`.
    func critic(_ tree: inout ParameterTree) -> any Layer {
        var (layers, inputs) = design.criticLayers(&tree)
        func convolution(
            _ name: String, from inputs: Int, to outputs: Int, kernel: Int, stride: Int = 1
        ) -> Convolution {
            Convolution(
                &tree, name, from: inputs, to: outputs, kernel: kernel, stride: stride,
                padding: (kernel - 1) / 2, hasBias: true, scaling: design.criticScaling)
        }
        for step in 1...design.halvings {
            let outputs = channels(at: design.halvings - step)
            let long: [any Layer] = [
                convolution("down\(step).first", from: inputs, to: outputs, kernel: 4, stride: 2),
                LeakyReLU(),
            ]
            if step == 1 {
                layers += long
            } else {
                layers.append(
                    BranchMean(
                        long + [
                            convolution(
                                "down\(step).second", from: outputs, to: outputs, kernel: 3),
                            LeakyReLU(),
                        ],
                        [
                            AveragePooling(),
                            convolution("down\(step).short", from: inputs, to: outputs, kernel: 1),
                            LeakyReLU(),
                        ]))
            }
            inputs = outputs
        }
        return Sequential(layers + design.scoreLayers(&tree, from: [inputs, 4, 4]))
    }
}

/// Doublings of an image, whose channels are scaled by gates that see smaller images.
private struct GatedDecoder: Layer {
    let start: Sequential
    let doublings: [Sequential]
    /// For each level, the gate of its channels; nil where there is none.
    let gates: [ChannelGate?]
    let ending: Sequential

    func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        var images = [start(input, pass)]
        for (number, doubling) in doublings.enumerated() {
            var image = doubling(images[number], pass)
            if let gate = gates[number + 1] { image = image * gate(images[number - 3], pass) }
            images.append(image)
        }
        return ending(images[doublings.count], pass)
    }
}

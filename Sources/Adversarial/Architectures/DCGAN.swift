internal import NeuralNetworks
internal import Tensors

/// Deep convolutional networks (Radford et al., 2015), in which images grow or shrink twofold with each layer.
///
/// The design's width is that of the layers next to the image; it doubles with every halving.
struct DCGAN: NetworkPair {
    let design: NetworkDesign

    /// The number of channels where the image has been halved `halvings` times.
    private func channels(after halvings: Int) -> Int { design.width << (halvings - 1) }

    /// Maps `[batch, latent size]` to images `[batch, channels, height, width]` in -1...1.
    func generator(_ tree: inout ParameterTree) -> any Layer {
        let (doublings, smallest) = (design.halvings, design.smallest)
        let deepest = channels(after: doublings)
        var (layers, features) = design.latentLayers(&tree)
        layers += [
            Linear(
                &tree, "project", from: features,
                to: deepest * smallest.height * smallest.width, hasBias: false,
                initially: Self.weights),
            Reshape(to: [deepest, smallest.height, smallest.width]),
            design.normalization(
                &tree, "norm1", channels: deepest, initialScale: Self.scales),
            ReLU(),
        ]
        for step in 1..<doublings {
            let outputs = channels(after: doublings - step)
            layers += [
                up(&tree, step, from: 2 * outputs, to: outputs),
                design.normalization(
                    &tree, "norm\(step + 1)", channels: outputs, initialScale: Self.scales),
                ReLU(),
            ]
        }
        layers += [
            up(&tree, doublings, from: design.width, to: design.example[0]), design.ending,
        ]
        return Sequential(layers)
    }

    /// Maps images `[batch, channels, height, width]` to scores `[batch, 1]`.
    func critic(_ tree: inout ParameterTree) -> any Layer {
        var (layers, inputs) = design.criticLayers(&tree)
        for step in 1...design.halvings {
            let outputs = channels(after: step)
            layers.append(
                Convolution(
                    &tree, "down\(step)", from: inputs, to: outputs, kernel: 4, stride: 2,
                    padding: 1, scaling: design.criticScaling, initially: Self.weights))
            if design.isCriticNormalized && step > 1 {
                layers.append(
                    BatchNormalization(
                        &tree, "norm\(step)", channels: outputs, initialScale: Self.scales))
            }
            layers.append(LeakyReLU())
            inputs = outputs
        }
        let smallest = design.smallest
        return Sequential(
            layers
                + design.scoreLayers(
                    &tree, from: [inputs, smallest.height, smallest.width], hasBias: false,
                    initially: Self.weights))
    }

    private func up(_ tree: inout ParameterTree, _ step: Int, from inputs: Int, to outputs: Int)
        -> TransposedConvolution
    {
        TransposedConvolution(
            &tree, "up\(step)", from: inputs, to: outputs, kernel: 4, stride: 2, padding: 1,
            initially: Self.weights)
    }

    private static let weights = Initializer.normal(deviation: 0.02)
    private static let scales = Initializer.normal(mean: 1, deviation: 0.02)
}

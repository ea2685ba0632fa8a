internal import NeuralNetworks
internal import Tensors

/// Fully connected networks with leaky units, for points and other small vectors.
///
/// Each has three hidden layers; a generator with batch normalization has five.
struct MultilayerPerceptron: NetworkPair {
    let design: NetworkDesign
    /// Whether batch normalization follows the generator's hidden layers, of which there are then two more; such a
    /// generator draws sharper edges between modes.
    let isGeneratorNormalized: Bool

    /// Maps `[batch, latent size]` to `[batch, …]`.
    func generator(_ tree: inout ParameterTree) -> any Layer {
        var (layers, features) = design.latentLayers(&tree)
        layers += hidden(&tree, from: features, isNormalized: isGeneratorNormalized)
        layers.append(
            Linear(&tree, "output", from: design.width, to: design.example.elementCount))
        if design.example.rank > 1 { layers += [Reshape(to: design.example), design.ending] }
        return Sequential(layers)
    }

    /// Maps `[batch, …]` to scores `[batch, 1]`.
    func critic(_ tree: inout ParameterTree) -> any Layer {
        var (layers, channels) = design.criticLayers(&tree)
        layers.append(Flatten())
        layers += hidden(
            &tree, from: channels * design.shown.dropFirst().elementCount,
            scaling: design.criticScaling)
        return Sequential(layers + design.scoreLayers(&tree, from: [design.width]))
    }

    private func hidden(
        _ tree: inout ParameterTree, from inputs: Int, scaling: WeightScaling = .none,
        isNormalized: Bool = false
    ) -> [any Layer] {
        var layers: [any Layer] = []
        let inner = Array(repeating: design.width, count: isNormalized ? 4 : 2)
        for (index, inputs) in ([inputs] + inner).enumerated() {
            layers.append(
                Linear(
                    &tree, "hidden\(index + 1)", from: inputs, to: design.width, scaling: scaling))
            if isNormalized {
                layers.append(
                    BatchNormalization(&tree, "norm\(index + 1)", channels: design.width))
            }
            layers.append(LeakyReLU())
        }
        return layers
    }
}

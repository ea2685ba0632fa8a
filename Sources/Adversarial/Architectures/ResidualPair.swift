internal import NeuralNetworks
internal import Tensors

/// Residual networks with one block for each resolution, and `width` channels throughout.
struct ResidualPair: NetworkPair {
    enum Kind: Sendable {
        /// Without normalization: the smallest network of the kind that R3GAN (Huang et al., 2024) trains with
        /// relativistic scores and slope penalties alone.
        case bare
        /// With batch normalization in the generator, as in SNGAN (Miyato et al., 2018); the critic's weights are meant
        /// to be spectral.
        case normalized
        /// The same, with attention where the height is 14 to 16 (SAGAN; Zhang et al., 2019).
        case attentive
    }

    let design: NetworkDesign
    let kind: Kind

    init(design: NetworkDesign, kind: Kind) {
        self.design = design
        self.kind = kind
    }

    private var width: Int { design.width }

    /// Maps `[batch, latent size]` to images `[batch, channels, height, width]` in -1...1.
    func generator(_ tree: inout ParameterTree) -> any Layer {
        let smallest = design.smallest
        var (layers, features) = design.latentLayers(&tree)
        layers += [
            Linear(
                &tree, "project", from: features, to: width * smallest.height * smallest.width),
            Reshape(to: [width, smallest.height, smallest.width]),
            block(&tree, "block1", isGenerator: true),
        ]
        for step in 0..<design.halvings {
            layers += [
                BilinearUpsampling(), block(&tree, "block\(step + 2)", isGenerator: true),
            ]
            layers += attention(&tree, side: smallest.height << (step + 1), scaling: .none)
        }
        if kind != .bare {
            layers += [design.normalization(&tree, "norm", channels: width), ReLU()]
        }
        layers += [
            Convolution(
                &tree, "image", from: width, to: design.example[0], kernel: 3, padding: 1,
                hasBias: true),
            design.ending,
        ]
        return Sequential(layers)
    }

    /// Maps images `[batch, channels, height, width]` to scores `[batch, 1]`.
    func critic(_ tree: inout ParameterTree) -> any Layer {
        let smallest = design.smallest
        var (layers, channels) = design.criticLayers(&tree)
        layers += [
            Convolution(
                &tree, "image", from: channels, to: width, kernel: 3, padding: 1, hasBias: true,
                scaling: design.criticScaling),
            block(&tree, "block1", isGenerator: false),
        ]
        for step in 0..<design.halvings {
            layers += [
                AveragePooling(), block(&tree, "block\(step + 2)", isGenerator: false),
            ]
            layers += attention(
                &tree, side: design.example[1] >> (step + 1), scaling: design.criticScaling)
        }
        return Sequential(
            layers + design.scoreLayers(&tree, from: [width, smallest.height, smallest.width]))
    }

    private func block(_ tree: inout ParameterTree, _ name: String, isGenerator: Bool) -> Residual {
        let scaling = isGenerator ? WeightScaling.none : design.criticScaling
        // A branch that starts small keeps the sum's variance near that of its input. In other networks, normalization
        // does so.
        let small = Initializer.normal(deviation: 0.1 * (2 / Float(9 * width)).squareRoot())
        func unit(_ place: String) -> [any Layer] {
            guard isGenerator && kind != .bare else { return [LeakyReLU()] }
            return [
                design.normalization(&tree, "\(name).norm-\(place)", channels: width), ReLU(),
            ]
        }
        func convolution(_ place: String, _ initially: Initializer?) -> Convolution {
            Convolution(
                &tree, "\(name).\(place)", from: width, to: width, kernel: 3, padding: 1,
                hasBias: true, scaling: scaling, initially: initially)
        }
        var layers = unit("first")
        layers.append(convolution("first", nil))
        layers += unit("second")
        layers.append(convolution("second", kind == .bare ? small : nil))
        return Residual(layers)
    }

    private func attention(_ tree: inout ParameterTree, side: Int, scaling: WeightScaling)
        -> [any Layer]
    {
        guard kind == .attentive, (14...16).contains(side) else { return [] }
        return [SelfAttention(&tree, "attention", channels: width, scaling: scaling)]
    }
}

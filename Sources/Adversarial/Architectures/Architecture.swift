public import NeuralNetworks
public import Tensors

/// Pairs of networks, by the name of their family.
public enum Architecture: String, CaseIterable, Sendable {
    case perceptron
    case normalizedPerceptron = "normalized-perceptron"
    case dcgan, sngan, sagan, r3gan, progan, fastgan

    /// Declares a critic that maps examples, `[batch, …]`, to scores, `[batch, 1 + classes]`.
    public func critic(_ design: NetworkDesign, _ tree: inout ParameterTree) -> any Layer {
        pair(design).critic(&tree)
    }

    /// Declares a generator that maps latent vectors, `[batch, latent size]`, to examples, `[batch, …]`.
    public func generator(_ design: NetworkDesign, _ tree: inout ParameterTree) -> any Layer {
        pair(design).generator(&tree)
    }

    private func pair(_ design: NetworkDesign) -> any NetworkPair {
        switch self {
        case .perceptron: MultilayerPerceptron(design: design, isGeneratorNormalized: false)
        case .normalizedPerceptron:
            MultilayerPerceptron(design: design, isGeneratorNormalized: true)
        case .dcgan: DCGAN(design: design)
        case .sngan: ResidualPair(design: design, kind: .normalized)
        case .sagan: ResidualPair(design: design, kind: .attentive)
        case .r3gan: ResidualPair(design: design, kind: .bare)
        case .progan: ProGAN(design: design)
        case .fastgan: FastGAN(design: design)
        }
    }

    /// Whether it can draw examples of this shape.
    public func draws(_ example: Shape) -> Bool {
        switch self {
        case .perceptron, .normalizedPerceptron: true
        case .fastgan:
            example.rank == 3 && example.halvings >= 2 && example[1] >> example.halvings == 4
                && example[2] == example[1]
        default:
            // With fewer than two halvings, one matrix would compute most of an image.
            example.rank == 3 && example.halvings >= 2
        }
    }
}

/// The two networks of a family, for one design.
protocol NetworkPair {
    func critic(_ tree: inout ParameterTree) -> any Layer
    func generator(_ tree: inout ParameterTree) -> any Layer
}

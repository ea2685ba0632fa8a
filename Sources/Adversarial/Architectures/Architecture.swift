public import NeuralNetworks
public import Tensors

/// Pairs of networks, by the name of their family.
public enum Architecture: String, CaseIterable, Sendable {
    case perceptron
    case normalizedPerceptron = "normalized-perceptron"
    case dcgan, sngan, sagan, r3gan, progan

    /// Both networks of a design.
    public func networks(_ design: NetworkDesign) -> (discriminator: Network, generator: Network) {
        switch self {
        case .perceptron: MultilayerPerceptron(design: design, isGeneratorNormalized: false).pair
        case .normalizedPerceptron:
            MultilayerPerceptron(design: design, isGeneratorNormalized: true).pair
        case .dcgan: DCGAN(design: design).pair
        case .sngan: ResidualPair(design: design, kind: .normalized).pair
        case .sagan: ResidualPair(design: design, kind: .attentive).pair
        case .r3gan: ResidualPair(design: design, kind: .bare).pair
        case .progan: ProGAN(design: design).pair
        }
    }

    /// Whether it draws examples of this shape.
    public func draws(_ example: Shape) -> Bool {
        switch self {
        case .perceptron, .normalizedPerceptron: true
        default:
            // Fewer than two halvings would leave most of an image to one matrix.
            example.rank == 3
                && NetworkDesign(example: example, latents: 1, width: 1).halvings >= 2
        }
    }
}

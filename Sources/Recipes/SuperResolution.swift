internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

/// Pictures made larger: the generator is given a reduced picture and makes one like the picture that was reduced
/// (SRGAN; Ledig et al., 2017).
///
/// In its first phase, "pixels", it learns from the distance of pixels alone, and the critic rests; in the second,
/// "adversarial", it is also to convince a critic of patches.
struct SuperResolution: Game {
    static let pixels = "pixels"
    static let adversarial = "adversarial"

    let phases: [Phase]
    let makesFakesOfReals = true
    private let enlarger: Enlarger
    private let critic: Critic
    private let pixelTerm: Term
    private let adversarialTerm: Term
    private let field: String
    private let factor: Int

    /// - Parameters:
    ///   - field: The pictures', whose sides are multiples of the factor.
    ///   - critic: What the critic minimizes.
    init(
        _ parameters: inout GameParameters, _ settings: SuperResolutionSettings, _ field: Field,
        critic: CriticSettings
    ) {
        phases = [
            Phase(
                Self.pixels, iterations: settings.pixelIterations,
                repeats: Sides(discriminator: 0, generator: 1)),
            Phase(Self.adversarial, repeats: Sides(discriminator: 1, generator: 1)),
        ]
        self.field = field.name
        factor = settings.factor
        enlarger = Enlarger(
            &parameters.generator, channels: field.shape[0], width: settings.width,
            depth: settings.depth, factor: settings.factor)
        let channels = field.shape[0]
        self.critic = Critic(&parameters, critic) { patchCritic(&$0, channels: channels) }
        pixelTerm = Term(&parameters, "pixels", weight: 1)
        adversarialTerm = Term(&parameters, "adversarial", weight: settings.adversarialWeight)
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let target = try leaf.reals[field]
        let reduced = withoutGradients {
            target.resampledBicubic(
                height: target.shape[2] / factor, width: target.shape[3] / factor)
        }
        return try [field: enlarger(reduced, leaf.generator)]
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        try critic.learn(leaf.reals[field], fakes()[field], leaf)
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let (fake, real) = try (fakes()[field], leaf.reals[field])
        let distance = pixelTerm((fake - real).absolute().mean(), leaf)
        guard leaf.turn.phase == Self.adversarial else { return [distance] }
        return try [distance, adversarialTerm(critic.loss(of: fake, against: real, leaf), leaf)]
    }
}

/// What a super-resolution run can be told beside what every run can.
struct SuperResolutionSettings {
    /// How many times as many pixels a side has.
    var factor = 4
    /// Channels of the enlarging network.
    var width = 48
    /// Its convolutions between the first and the last.
    var depth = 8
    /// Iterations of the first phase.
    var pixelIterations = 10_000
    /// The weight of the adversarial loss beside the distance of pixels, in -1...1, whose weight is 1.
    var adversarialWeight: Float = 0.05
}

/// Convolutions at the small size, without normalization, then channels to pixels; added to a bilinear enlargement, which it
/// is in the beginning (after Real-ESRGAN's compact network; Wang et al., 2021).
///
/// Pictures may have any size.
struct Enlarger: Layer {
    private let first: Convolution
    private let middle: [Residual]
    private let last: Convolution
    private let doublings: Int

    /// - Parameter factor: A power of two.
    init(_ tree: inout ParameterTree, channels: Int, width: Int, depth: Int, factor: Int) {
        doublings = factor.trailingZeroBitCount
        first = Convolution(
            &tree, "first", from: channels, to: width, kernel: 3, padding: 1, hasBias: true)
        middle = (1...max(1, depth / 2)).map { number in
            Residual(
                Convolution(
                    &tree, "block\(number).first", from: width, to: width, kernel: 3, padding: 1,
                    hasBias: true),
                LeakyReLU(slope: 0.1),
                Convolution(
                    &tree, "block\(number).second", from: width, to: width, kernel: 3, padding: 1,
                    hasBias: true, initially: .normal(deviation: 0.02)))
        }
        last = Convolution(
            &tree, "last", from: width, to: channels * factor * factor, kernel: 3, padding: 1,
            hasBias: true, initially: .constant(0))
    }

    func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let features = middle.reduce(first(input, pass)) { $1($0, pass) }
        let detail = last(features, pass).pixelShuffled(by: 1 << doublings)
        return (0..<doublings).reduce(input) { image, _ in image.upsampledBilinear() } + detail
    }
}

/// Three halvings, then a score for each patch of about 30 pixels (after Isola et al., 2017); without normalization, so that
/// slopes are those of single pictures.
func patchCritic(_ tree: inout ParameterTree, channels: Int, width: Int = 32) -> any Layer {
    var layers: [any Layer] = []
    var inputs = channels
    for (step, outputs) in [width, 2 * width, 4 * width].enumerated() {
        layers += [
            Convolution(
                &tree, "down\(step + 1)", from: inputs, to: outputs, kernel: 4, stride: 2,
                padding: 1, hasBias: true), LeakyReLU(),
        ]
        inputs = outputs
    }
    layers += [
        Convolution(
            &tree, "inner", from: inputs, to: inputs, kernel: 3, padding: 1, hasBias: true),
        LeakyReLU(), PatchScores(&tree, "scores", from: inputs),
    ]
    return Sequential(layers)
}

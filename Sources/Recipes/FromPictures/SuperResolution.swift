internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// A network that enlarges any picture, and needs none but large ones to learn it.
    static let superResolution = Recipe(
        name: "super-resolution",
        summary: "a network that makes pictures 2, 4 or 8 times as large",
        data: "emoji, as above; any folder of PNG, JPEG and WebP files with --data",
        measures: [PairSimilarity(), EnlargementGain(), FeatureDistance()],
        defaults: .ofPictures(
            iterations: 6_000, batchSize: 16, microbatch: 4,
            learningRate: Sides(discriminator: 2e-4, generator: 4e-4), SuperResolutionSettings()),
        knownClasses: 0, makeFields: colourImage,
        makeGame: { recipe, settings, parameters in
            SuperResolution(
                &parameters, settings[SuperResolutionSettings.self], recipe.field(settings),
                critic: settings[CriticSettings.self])
        },
        openData: { try openEmojiOrFolder($0, recipe: "super-resolution") },
        depiction: .image(beside: [SuperResolution.reduced]))
}

/// Pictures made larger: the generator is given a reduced picture and makes one like the picture that was reduced
/// (SRGAN; Ledig et al., 2017).
///
/// In its first phase, "pixels", it learns from the distance of pixels alone, and the critic rests; in the second,
/// "adversarial", it is also to convince a critic of patches.
struct SuperResolution: EnlargesPictures {
    static let pixels = "pixels"
    static let adversarial = "adversarial"
    /// The field of fakes that has what they were made of.
    static let reduced = "reduced"

    let phases: [Phase]
    let makesFakesOfReals = true
    private let enlarger: Enlarger
    private let critic: Critic
    private let pixelTerm: Term
    private let adversarialTerm: Term
    private let field: String
    let factor: Int
    let reach: Int

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
        // Each convolution of 3 x 3 sees a pixel further, and so does the interpolation.
        reach = settings.depth + 3
        enlarger = Enlarger(
            &parameters.generator, channels: field.shape[0], width: settings.width,
            depth: settings.depth, factor: settings.factor)
        let channels = field.shape[0]
        self.critic = Critic(&parameters, critic) {
            patchCritic(&$0, channels: channels * critic.augmentation.packing)
        }
        pixelTerm = Term(&parameters, "pixels", weight: 1)
        adversarialTerm = Term(&parameters, "adversarial", weight: settings.adversarialWeight)
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let target = try leaf.reals[field]
        let reduced = withoutGradients {
            target.resampledBicubic(
                height: target.shape[2] / factor, width: target.shape[3] / factor)
        }
        return try [field: enlarger(reduced, leaf.generator), Self.reduced: reduced]
    }

    func enlarged(_ picture: Tensor, _ pass: ForwardPass) -> Tensor { enlarger(picture, pass) }

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

/// How pictures are enlarged, and how that is learned.
struct SuperResolutionSettings: SettingGroup {
    var factor = 4
    var width = 48
    var depth = 8
    var pixelIterations = 4_000
    var adversarialWeight: Float = 0.05

    static let fields: [SettingField<Self>] = [
        .whole("factor", \.factor, 2...8, "how many times as long sides become: 2, 4 or 8"),
        .whole("width", \.width, 1...1024, "channels of the enlarging network"),
        .whole("depth", \.depth, 2...64, "its convolutions between the first and the last, even"),
        .whole(
            "pixel-iterations", \.pixelIterations, 0...1_000_000_000,
            "iterations that learn from pixels alone, before the critic begins"),
        .number(
            "adversarial-weight", \.adversarialWeight, 0...1e6,
            "weight of the adversarial loss beside the distance of pixels, whose weight is 1"),
    ]

    func validate(among settings: Settings) throws {
        guard factor.nonzeroBitCount == 1 else {
            throw SettingError("factor", expected: "2, 4 or 8", found: factor)
        }
        guard depth.isMultiple(of: 2) else {
            throw SettingError("depth", expected: "an even number", found: depth)
        }
        if let images = settings[ifPresent: ImageSettings.self] {
            guard images.resolution.isMultiple(of: 8 * factor) else {
                throw SettingError(
                    "resolution", expected: "a multiple of \(8 * factor) with factor \(factor)",
                    found: images.resolution)
            }
        }
    }
}

/// How much nearer enlarged pictures are to the real ones than a bicubic enlargement of the same is, and how well they agree
/// with what they were made of once they are reduced again; both in decibels.
struct EnlargementGain: Measure {
    let usesExtractor = false
    let comparesPairs = true

    func metrics(of subject: Subject) -> [Metric.Kind] {
        [.init("psnr-gain", better: .larger), .init("consistency", better: .larger)]
    }

    func values(of samples: Observations, among reals: Reals) -> [Double] {
        let (enlarged, real) = (samples.values(), reals.heldOut.values())
        let reduced = samples.values(of: SuperResolution.reduced)
        func resampled(_ pictures: NDArray, like other: NDArray) -> NDArray {
            withoutGradients {
                Tensor(pictures).resampledBicubic(height: other.shape[2], width: other.shape[3])
                    .value
            }
        }
        let signals = enlarged.peakSignalToNoise(against: real)
        let bicubic = resampled(reduced, like: real).peakSignalToNoise(against: real)
        let again = resampled(enlarged, like: reduced).peakSignalToNoise(against: reduced)
        let count = Double(signals.count)
        return [
            zip(signals, bicubic).reduce(0) { $0 + $1.0 - $1.1 } / count,
            again.reduce(0, +) / count,
        ]
    }
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

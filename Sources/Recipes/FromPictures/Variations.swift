internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// A network that makes further pictures of a class from one, and learns that from classes of many pictures.
    package static let variations = Recipe(
        name: "variations",
        summary: "a network that makes more pictures of a class from one of them",
        data:
            "any folder of PNG, JPEG and WebP files, in which each class is a folder; --data names it",
        measures: [Distances()],
        defaults: .ofPictures(
            iterations: 5_000, batchSize: 16, microbatch: 8, resolution: 32,
            learningRate: Sides(both: 4e-4), VariationsSettings()),
        makeFields: { settings in
            let image = colourImage(settings)[0]
            return [image, Field(ClassMates.given, image.shape, .image)]
        },
        makeGame: { recipe, settings, parameters in
            Variations(
                &parameters, settings[VariationsSettings.self], recipe.field(settings),
                critic: settings[CriticSettings.self])
        },
        openData: { request in
            guard let path = request.path else {
                throw DataError(
                    "variations: expected --data, a folder with a folder of pictures for each class, found none"
                )
            }
            return try ClassMates(
                path: path, side: request.settings[ImageSettings.self].resolution,
                part: PicturePart(request.part), isStrict: request.isStrict, say: request.say)
        },
        depiction: .image(beside: [ClassMates.given]))
}

/// A game in which the generator is given one picture and makes another of its class (DAGAN; Antoniou et al., 2017).
///
/// The critic sees pairs: the given picture beside another real one of its class, or beside the one that was made. That alone learns
/// slowly. So a encoder, which sees both pictures of a real pair, says by what noise the generator can make the second of the first,
/// and the generator learns from how far it is from that (BicycleGAN; Zhu et al., 2017). Such noise is to be distributed as the noise
/// that pictures are made with later.
struct Variations: VariesPictures {
    let phases = [Phase(repeats: Sides(discriminator: 1, generator: 1))]
    let makesFakesOfReals = true
    let noiseSize: Int
    private let field: String
    private let generator: UNet
    private let encoder: any Layer
    private let critic: Critic
    private let pixels: Term
    private let divergence: Term
    private let adversarial: Term

    /// - Parameters:
    ///   - field: The pictures.
    ///   - critic: What the critic minimizes.
    init(
        _ parameters: inout GameParameters, _ settings: VariationsSettings, _ field: Field,
        critic: CriticSettings
    ) {
        self.field = field.name
        noiseSize = settings.noiseSize
        let (channels, side) = (field.shape[0], field.shape[1])
        generator = UNet(
            &parameters.generator, from: channels, to: channels, width: settings.width,
            noise: settings.noiseSize)
        encoder = parameters.generator.module("encoder") {
            pairNetwork(
                &$0, channels: 2 * channels, side: side, width: settings.width,
                outputs: 2 * settings.noiseSize)
        }
        self.critic = Critic(&parameters, critic) {
            pairNetwork(
                &$0, channels: 2 * channels * critic.augmentation.packing, side: side, width: 32,
                outputs: 1)
        }
        pixels = Term(&parameters, "pixels", weight: settings.pixelWeight)
        divergence = Term(&parameters, "divergence", weight: settings.divergenceWeight)
        adversarial = Term(&parameters, "adversarial", weight: 1)
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let given = try leaf.reals[ClassMates.given]
        return try [
            field: varied(given, noise: leaf.latents(noiseSize), leaf.generator),
            ClassMates.given: given,
        ]
    }

    func varied(_ pictures: Tensor, noise: Tensor, _ pass: ForwardPass) -> Tensor {
        generator(pictures, noise: noise, pass)
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        try critic.learn(pairs(leaf.reals), pairs(fakes()), leaf)
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let (fakes, reals, pass) = try (fakes(), leaf.reals, leaf.generator)
        let encoded = encoder(pairs(reals), pass)
        let mean = encoded.sliced(1, 0..<noiseSize)
        let logVariance = encoded.sliced(1, noiseSize..<(2 * noiseSize))
        let noise =
            mean + (logVariance * 0.5).exponential() * leaf.latents(noiseSize, stream: 1)
        let made = varied(reals[ClassMates.given], noise: noise, pass)
        // The divergence of such noise from the noise of samples (Kingma and Welling, 2014).
        let divergences = (mean.squared() + logVariance.exponential() - logVariance - 1) * 0.5
        return try [
            pixels((made - reals[field]).absolute().mean(), leaf),
            divergence(divergences.sum(over: [1]).mean(), leaf),
            adversarial(critic.loss(of: pairs(fakes), against: pairs(reals), leaf), leaf),
        ]
    }

    /// Each picture and the one that was given, channel by channel.
    private func pairs(_ examples: Examples) -> Tensor {
        .concatenated([examples[field], examples[ClassMates.given]], along: 1)
    }
}

/// A network that sees two pictures whole, of layers whose slopes are piecewise constant.
private func pairNetwork(
    _ tree: inout ParameterTree, channels: Int, side: Int, width: Int, outputs: Int
) -> any Layer {
    var layers: [any Layer] = []
    var (from, to, side) = (channels, width, side)
    while side > 4 {
        layers += [
            Convolution(
                &tree, "down\(layers.count / 2 + 1)", from: from, to: to, kernel: 4, stride: 2,
                padding: 1, hasBias: true), LeakyReLU(),
        ]
        (from, to, side) = (to, min(2 * to, 8 * width), side / 2)
    }
    layers += [
        Convolution(&tree, "inner", from: from, to: from, kernel: 3, padding: 1, hasBias: true),
        LeakyReLU(), Flatten(), Linear(&tree, "last", from: from * side * side, to: outputs),
    ]
    return Sequential(layers)
}

/// Settings of how members of a class are made from one of them.
struct VariationsSettings: SettingGroup {
    var width = 16
    var noiseSize = 16
    var pixelWeight: Float = 20
    var divergenceWeight: Float = 0.02

    static let fields: [SettingField<Self>] = [
        .whole("width", \.width, 1...1024, "channels of the generator's first convolution"),
        .whole(
            "noise-size", \.noiseSize, 1...1024,
            "random numbers that decide what is made of a picture"),
        .number(
            "pixel-weight", \.pixelWeight, 0...1e6,
            "weight of how far pixels are from those of a picture whose noise was encoded"),
        .number(
            "divergence-weight", \.divergenceWeight, 0...1e6,
            "weight of how far encoded noise is from that of samples, in nats"),
    ]

    func validate(among settings: Settings) throws {
        try UNet.requireSuitableSides(settings)
    }
}

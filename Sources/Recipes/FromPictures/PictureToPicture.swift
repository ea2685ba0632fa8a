internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

/// What a generator is given of a picture, and what it is to make of that.
///
/// Pictures are `[pictures, channels, height, width]` in -1...1, of any size.
protocol PictureTask: Sendable {
    /// The channels of what the generator is given, of what it puts out, and of what is judged.
    var channels: (given: Int, output: Int, judged: Int) { get }
    /// The form in which a picture is compared and judged.
    func target(_ picture: Tensor) -> Tensor
    /// What the generator is given, made of that form by counted random numbers.
    func given(_ target: Tensor, _ reals: Examples, _ leaf: Leaf) -> Tensor
    /// The whole result, in the form that is judged, made of what the network puts out.
    func made(_ output: Tensor, from given: Tensor) -> Tensor
    /// How far a result is from its target; a scalar.
    func distance(_ made: Tensor, _ target: Tensor, given: Tensor) -> Tensor
    /// The result as a picture to look at; it has no gradients.
    func picture(_ made: Tensor) -> Tensor
    /// What was given as a picture to look at.
    func shown(_ given: Tensor) -> Tensor
}

extension PictureTask {
    func target(_ picture: Tensor) -> Tensor { picture }
    func distance(_ made: Tensor, _ target: Tensor, given: Tensor) -> Tensor {
        (made - target).absolute().mean()
    }
    func made(_ output: Tensor, from given: Tensor) -> Tensor { output }
    func picture(_ made: Tensor) -> Tensor { made }
    func shown(_ given: Tensor) -> Tensor { given }
}

extension Recipe {
    /// A recipe of ``PictureToPicture``, whose sheets show what was given beside what was made of it.
    ///
    /// - Parameters:
    ///   - data: What data it reads; nil for any pictures, emoji where none are named.
    ///   - makeFields: First the pictures that are made.
    ///   - openData: Opens that data; nil for any pictures.
    static func pictureToPicture<Task: PictureTask>(
        _ name: String, _ task: Task, summary: String, data: String? = nil,
        measures: [any Measure], _ settings: PictureToPictureSettings = PictureToPictureSettings(),
        makeFields: @escaping @Sendable (Settings) -> [Field] = colourImage,
        openData: (@Sendable (DataRequest) throws -> any Dataset)? = nil
    ) -> Recipe {
        Recipe(
            name: name, summary: summary,
            data: data ?? "emoji, as above; any folder of PNG, JPEG and WebP files with --data",
            measures: measures,
            defaults: .ofPictures(
                iterations: 8_000, batchSize: 16, microbatch: 4,
                learningRate: Sides(discriminator: 2e-4, generator: 4e-4), settings),
            makeFields: makeFields,
            makeGame: { recipe, settings, parameters in
                PictureToPicture(
                    &parameters, task, recipe.field(settings).name,
                    settings[PictureToPictureSettings.self], critic: settings[CriticSettings.self])
            },
            openData: openData ?? { try openEmojiOrFolder($0, recipe: name) },
            depiction: .image(beside: [PictureToPicture<Task>.shown]))
    }
}

/// A task whose generator turns pictures that a user has into others.
protocol TranslationTask: PictureTask {
    /// What is turned into what, as in `a-to-b`.
    var direction: String { get }
    /// A picture of the kind that is given, as the generator takes it.
    func given(_ picture: Tensor) -> Tensor
}

/// A game in which the generator is given something made of a picture and makes the picture again, which a critic of patches
/// judges beside what was given (pix2pix; Isola et al., 2017).
struct PictureToPicture<Task: PictureTask>: Game {
    /// The fields of fakes beside the pictures: what they were made of, the same to look at, the form that is judged, and what
    /// it should be.
    static var given: String { "given" }
    static var shown: String { "shown" }
    static var made: String { "made" }
    static var target: String { "target" }

    let phases = [Phase(repeats: Sides(discriminator: 1, generator: 1))]
    let makesFakesOfReals = true
    let sideMultiple = UNet.multiple
    let task: Task
    private let field: String
    private let generator: UNet
    private let critic: Critic
    private let pixels: Term
    private let adversarial: Term

    /// - Parameters:
    ///   - field: The pictures that are to be made again.
    ///   - critic: What the critic minimizes.
    init(
        _ parameters: inout GameParameters, _ task: Task, _ field: String,
        _ settings: PictureToPictureSettings, critic: CriticSettings
    ) {
        self.task = task
        self.field = field
        let channels = task.channels
        generator = UNet(
            &parameters.generator, from: channels.given, to: channels.output, width: settings.width)
        let judged = (channels.judged + channels.given) * critic.augmentation.packing
        self.critic = Critic(&parameters, critic) { patchCritic(&$0, channels: judged) }
        pixels = Term(&parameters, "pixels", weight: settings.pixelWeight)
        adversarial = Term(&parameters, "adversarial", weight: settings.adversarialWeight)
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let reals = try leaf.reals
        let target = withoutGradients { task.target(reals[field]) }
        let given = withoutGradients { task.given(target, reals, leaf) }
        let made = made(of: given, try leaf.generator)
        return withoutGradients {
            [
                field: task.picture(made), Self.shown: task.shown(given), Self.given: given,
                Self.made: made, Self.target: target,
            ]
        }
    }

    /// What the generator makes of what it is given, of any size.
    func made(of given: Tensor, _ pass: ForwardPass) -> Tensor {
        task.made(generator(given, pass), from: given)
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        // Only the fakes say what was given, so both wait for them.
        let fakes = try fakes()
        try critic.learn(
            beside(fakes, fakes[Self.target]), beside(fakes, fakes[Self.made]), leaf)
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let fakes = try fakes()
        let (made, target) = (fakes[Self.made], fakes[Self.target])
        let distance = task.distance(made, target, given: fakes[Self.given])
        return try [
            pixels(distance, leaf),
            adversarial(
                critic.loss(of: beside(fakes, made), against: beside(fakes, target), leaf), leaf),
        ]
    }

    /// A picture and what was given, channel by channel.
    private func beside(_ fakes: Examples, _ picture: Tensor) -> Tensor {
        .concatenated([picture, fakes[Self.given]], along: 1)
    }
}

extension PictureToPicture: TranslatesPictures where Task: TranslationTask {
    var directions: [String] { [task.direction] }

    func translated(_ picture: Tensor, _ direction: String, _ pass: ForwardPass) -> Tensor {
        made(of: task.given(picture), pass)
    }
}

/// Settings of how pictures are made from what is given of them.
struct PictureToPictureSettings: SettingGroup {
    var width = 32
    var pixelWeight: Float = 20
    var adversarialWeight: Float = 1

    static let fields: [SettingField<Self>] = [
        .whole("width", \.width, 1...1024, "channels of the generator's first convolution"),
        .number(
            "pixel-weight", \.pixelWeight, 0...1e6,
            "weight of how far pixels are from those of the real picture"),
        .number(
            "adversarial-weight", \.adversarialWeight, 0...1e6,
            "weight of the adversarial loss"),
    ]

    func validate(among settings: Settings) throws {
        try UNet.requireSuitableSides(settings)
    }
}

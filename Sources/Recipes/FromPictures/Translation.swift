internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// Two networks that turn pictures of two kinds into each other.
    static let translation = Recipe(
        name: "translation",
        summary: "a CycleGAN that turns pictures of one kind into another, without pairs",
        data:
            "any two folders of PNG, JPEG and WebP files; --data names the folder that has both, A and B",
        measures: [Distances(of: "b"), Distances(of: "a")],
        defaults: .ofPictures(batchSize: 8, microbatch: 2, TranslationSettings()),
        knownClasses: 0,
        makeFields: { settings in
            ["b", "a"].map { Field($0, colourImage(settings)[0].shape, .image) }
        },
        makeGame: { recipe, settings, parameters in
            Translation(
                &parameters, settings[TranslationSettings.self],
                channels: recipe.example(settings)[0], critics: settings[CriticSettings.self])
        },
        openData: openUnpaired,
        depiction: .image(beside: [Translation.original]))
}

/// Opens the folders `A` and `B`, or those that CycleGAN's data have: `trainA`, `trainB`, `testA` and `testB`.
@Sendable private func openUnpaired(_ request: DataRequest) throws -> any Dataset {
    guard let path = request.path else {
        throw DataError(
            "translation: expected --data, a folder with pictures in A and B, or in trainA, trainB, testA and testB; found none"
        )
    }
    let hasParts = FileManager.default.fileExists(atPath: "\(path)/trainA")
    guard hasParts || FileManager.default.fileExists(atPath: "\(path)/A") else {
        throw DataError(
            "\(path): expected a folder with pictures in A and B, or in trainA, trainB, testA and testB, found neither"
        )
    }
    let prefix = hasParts ? (request.part == .heldOut ? "test" : "train") : ""
    func open(_ name: String) throws -> ColourImages {
        try openPictures(
            request, in: "\(path)/\(prefix)\(name)",
            part: hasParts ? .all : PicturePart(request.part))
    }
    return Unpaired(try open("A"), try open("B"))
}

/// What translators are, and what they are to do besides convincing critics.
struct TranslationSettings: SettingGroup {
    var width = 24
    var blocks = 4
    var cycleWeight: Float = 10
    var identityWeight: Float = 0

    static let fields: [SettingField<Self>] = [
        .whole("width", \.width, 1...1024, "channels of a translator's first convolution"),
        .whole("blocks", \.blocks, 1...64, "residual blocks of a translator"),
        .number(
            "cycle-weight", \.cycleWeight, 0...1e6,
            "weight of how far a picture is from itself after there and back again"),
        .number(
            "identity-weight", \.identityWeight, 0...1e6,
            "weight of how far a picture that is of the wanted kind already is changed; 0: not computed"
        ),
    ]

    func validate(among settings: Settings) throws {
        if let images = settings[ifPresent: ImageSettings.self] {
            guard images.resolution >= 16, images.resolution.isMultiple(of: 8) else {
                throw SettingError(
                    "resolution", expected: "a multiple of 8, at least 16", found: images.resolution
                )
            }
        }
    }
}

/// Pictures of one kind turned into pictures of another, learned from two sets that have no pairs (CycleGAN; Zhu et al., 2017).
///
/// Two translators share the generator side's buffer, and two critics the discriminator side's. There and back again a
/// picture is to be what it was.
struct Translation: TranslatesPictures {
    /// The field of fakes that has the pictures that `b` was made of.
    static let original = "original"

    let phases = [Phase(repeats: Sides(discriminator: 1, generator: 1))]
    let makesFakesOfReals = true
    /// More than the two halvings need: of fewer pixels, normalization leaves nothing.
    let sideMultiple = 16
    let directions = ["a-to-b", "b-to-a"]
    private let toA: any Layer
    private let toB: any Layer
    private let criticA: Critic
    private let criticB: Critic
    private let adversarialA: Term
    private let adversarialB: Term
    private let cycle: Term
    /// Holds pictures that are of the wanted kind already as they are; nil: not asked for.
    private let identity: Term?

    /// - Parameter channels: Those of the pictures, which are of one size.
    init(
        _ parameters: inout GameParameters, _ settings: TranslationSettings, channels: Int,
        critics: CriticSettings
    ) {
        self.init(
            &parameters, settings, critics: critics,
            translator: {
                Recipes.translator(
                    &$0, channels: channels, width: settings.width, blocks: settings.blocks)
            },
            critic: { patchCritic(&$0, channels: channels * critics.augmentation.packing) })
    }

    /// - Parameters:
    ///   - translator: From pictures to pictures of the same shape.
    ///   - critic: From pictures to scores.
    init(
        _ parameters: inout GameParameters, _ settings: TranslationSettings,
        critics: CriticSettings, translator: (inout ParameterTree) -> any Layer,
        critic: (inout ParameterTree) -> any Layer
    ) {
        toA = parameters.generator.module("to-a", translator)
        toB = parameters.generator.module("to-b", translator)
        criticA = Critic(&parameters, named: "a", critics, critic)
        criticB = Critic(&parameters, named: "b", critics, critic)
        adversarialA = Term(&parameters, "adversarial-a", weight: 1)
        adversarialB = Term(&parameters, "adversarial-b", weight: 1)
        cycle = Term(&parameters, "cycle", weight: settings.cycleWeight)
        identity =
            settings.identityWeight > 0
            ? Term(&parameters, "identity", weight: settings.identityWeight) : nil
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let (reals, pass) = try (leaf.reals, leaf.generator)
        return [
            "a": toA(reals["b"], pass), "b": toB(reals["a"], pass), Self.original: reals["a"],
        ]
    }

    func translated(_ picture: Tensor, _ direction: String, _ pass: ForwardPass) -> Tensor {
        direction == directions[0] ? toB(picture, pass) : toA(picture, pass)
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        let reals = try leaf.reals
        try criticA.learn(reals["a"], fakes()["a"], leaf)
        try criticB.learn(reals["b"], fakes()["b"], leaf)
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let (fakes, reals, pass) = try (fakes(), leaf.reals, leaf.generator)
        func distance(_ first: Tensor, _ second: Tensor) -> Tensor {
            (first - second).absolute().mean()
        }
        var terms = [
            cycle(
                distance(toA(fakes["b"], pass), reals["a"])
                    + distance(toB(fakes["a"], pass), reals["b"]), leaf)
        ]
        if let identity {
            terms.append(
                identity(
                    distance(toA(reals["a"], pass), reals["a"])
                        + distance(toB(reals["b"], pass), reals["b"]), leaf))
        }
        terms.append(
            adversarialA(try criticA.loss(of: fakes["a"], against: reals["a"], leaf), leaf))
        terms.append(
            adversarialB(try criticB.loss(of: fakes["b"], against: reals["b"], leaf), leaf))
        return terms
    }
}

/// Two halvings, residual blocks with instance normalization, and up again (after Johnson et al., 2016).
func translator(_ tree: inout ParameterTree, channels: Int, width: Int, blocks: Int) -> any Layer {
    func unit(
        _ name: String, from inputs: Int, to outputs: Int, kernel: Int = 3, stride: Int = 1
    ) -> [any Layer] {
        [
            Convolution(
                &tree, name, from: inputs, to: outputs, kernel: kernel, stride: stride, padding: 1),
            ExampleNormalization(
                &tree, "\(name).norm", over: .instance, channels: outputs),
            ReLU(),
        ]
    }
    var layers = unit("first", from: channels, to: width)
    layers += unit("down1", from: width, to: 2 * width, kernel: 4, stride: 2)
    layers += unit("down2", from: 2 * width, to: 4 * width, kernel: 4, stride: 2)
    for number in 1...max(1, blocks) {
        let first = unit("block\(number).first", from: 4 * width, to: 4 * width)
        let second = unit("block\(number).second", from: 4 * width, to: 4 * width)
        layers.append(Residual(first + second.dropLast()))
    }
    layers.append(NearestUpsampling())
    layers += unit("up1", from: 4 * width, to: 2 * width)
    layers.append(NearestUpsampling())
    layers += unit("up2", from: 2 * width, to: width)
    layers += [
        Convolution(
            &tree, "last", from: width, to: channels, kernel: 3, padding: 1, hasBias: true), Tanh(),
    ]
    return Sequential(layers)
}

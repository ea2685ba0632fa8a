import SwiftGAN

SwiftGAN.main(recipes: .builtIn + [.twoCritics])

extension Recipe {
    static let twoCritics = Recipe(
        name: "two-critics", summary: "points judged as they are, and by how far they are apart",
        data: Recipe.ring.data, measures: Recipe.ring.measures, goals: Recipe.ring.goals,
        defaults: Settings(
            run: RunSettings {
                $0.iterations = 8_000
                $0.batchSize = 256
                $0.microbatch = 128
            },
            optimizer: OptimizerSettings {
                $0.learningRate = Sides(both: 1e-3)
                $0.beta1 = 0
                $0.beta2 = 0.9
            },
            CriticSettings {
                $0.objective = .relativistic
                $0.r1 = 0.02
                $0.r2 = 0.02
            },
            TwoCriticsSettings()),
        makeFields: { _ in [.point] },
        makeGame: { _, settings, parameters in
            TwoCritics(
                &parameters, settings[TwoCriticsSettings.self], settings[CriticSettings.self])
        },
        openData: {
            GaussianMixtureExamples(
                .ring, random: $0.random, isHeldOut: $0.part == .heldOut)
        },
        depiction: .point(reach: 1.5))
}

/// What can be set beside what every run and every critic has: `--set differences=0.5`.
struct TwoCriticsSettings: SettingGroup {
    var latentSize = 4
    var width = 64
    var differences: Float = 0.5

    static let fields: [SettingField<Self>] = [
        .whole("latent-size", \.latentSize, 1...1024, "length of a latent vector"),
        .whole("width", \.width, 1...4096, "units of each hidden layer"),
        .number("differences", \.differences, 0...100, "weight of the critic of differences"),
    ]
}

/// One generator, and two critics: a generator whose points are alike deceives the one that looks at single points, but not the
/// one that looks at differences between them.
struct TwoCritics: Game {
    let phases = [Phase(repeats: Sides(both: 1))]
    private let latentSize: Int
    private let generator: any Layer
    private let (places, differences): (Critic, Critic)
    private let (placeTerm, differenceTerm): (Term, Term)

    init(
        _ parameters: inout GameParameters, _ settings: TwoCriticsSettings,
        _ critics: CriticSettings
    ) {
        let width = settings.width
        latentSize = settings.latentSize
        generator = perceptron(&parameters.generator, from: latentSize, to: 2, width: width)
        places = Critic(&parameters, named: "places", critics) {
            perceptron(&$0, from: 2, to: 1, width: width)
        }
        differences = Critic(&parameters, named: "differences", critics) {
            perceptron(&$0, from: 2, to: 1, width: width)
        }
        placeTerm = Term(&parameters, "places", weight: 1)
        differenceTerm = Term(&parameters, "differences", weight: settings.differences)
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        try ["point": generator(leaf.latents(latentSize), leaf.generator)]
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        let reals = try leaf.reals["point"]
        try places.learn(reals, fakes()["point"], leaf)
        try differences.learn(
            reals.differencesOfNeighbours(), fakes()["point"].differencesOfNeighbours(), leaf)
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let (reals, made) = try (leaf.reals["point"], fakes()["point"])
        return try [
            placeTerm(places.loss(of: made, against: reals, leaf), leaf),
            differenceTerm(
                differences.loss(
                    of: made.differencesOfNeighbours(), against: reals.differencesOfNeighbours(),
                    leaf), leaf),
        ]
    }
}

extension Tensor {
    /// What each row is more than the next one, the last one more than the first: `[rows, columns]` of the same shape.
    func differencesOfNeighbours() -> Tensor {
        let rows = shape[0]
        return self - .concatenated([sliced(0, 1..<rows), sliced(0, 0..<1)], along: 0)
    }
}

/// Two hidden layers, from `[batch, inputs]` to `[batch, outputs]`.
func perceptron(
    _ tree: inout ParameterTree, from inputs: Int, to outputs: Int, width: Int
) -> any Layer {
    Sequential(
        Linear(&tree, "first", from: inputs, to: width), LeakyReLU(),
        Linear(&tree, "second", from: width, to: width), LeakyReLU(),
        Linear(&tree, "output", from: width, to: outputs))
}

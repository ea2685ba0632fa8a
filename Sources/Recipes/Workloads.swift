internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

/// Steps to measure by, on noise: what 'swiftgan benchmark' and 'scripts/compare-with-pytorch' run.
///
/// They are recipes like any other, so they train and launch too.
extension Recipe {
    public static let workloads: [Recipe] = [
        workload(
            "dcgan64", "DCGAN at 64 px, colour, cross-entropy", [3, 64, 64], .nonSaturating
        ) {
            let pair = DCGAN.colour64(width: $0.width)
            return (pair.discriminator(), pair.generator(latents: $0.latents))
        },
        workload(
            "dcgan64-gp", "the same without the critic's normalization, Wasserstein with penalty",
            [3, 64, 64], .wassersteinGradientPenalty
        ) {
            let pair = DCGAN.colour64(width: $0.width)
            return (
                pair.discriminator(isNormalized: false), pair.generator(latents: $0.latents)
            )
        },
        workload(
            "resnet32-r12", "a residual pair at 32 px, relativistic with R1 and R2", [3, 32, 32],
            .relativistic(gamma: 1), latents: 64, width: 96
        ) {
            let pair = ResidualPair(channels: 3, side: 32, width: $0.width)
            return (pair.discriminator(), pair.generator(latents: $0.latents))
        },
        workload("mnist28", "DCGAN at 28 px, grey, cross-entropy", [1, 28, 28], .nonSaturating) {
            let pair = DCGAN.grey28(width: $0.width)
            return (pair.discriminator(), pair.generator(latents: $0.latents))
        },
        workload(
            "ring", "perceptrons of 3 x 512, relativistic with R1 and R2", [2],
            .relativistic(gamma: 1), latents: 32, width: 512, batch: 256
        ) {
            (
                MultilayerPerceptron.network("discriminator", from: 2, to: 1, width: $0.width),
                MultilayerPerceptron.network(
                    "generator", from: $0.latents, to: 2, width: $0.width)
            )
        },
    ]

    /// The workload of a name.
    ///
    /// - Throws: ``RecipeError`` with the nearest name.
    public static func workload(named name: String) throws -> Recipe {
        guard let workload = workloads.first(where: { $0.workloadName == name }) else {
            throw RecipeError(
                "no workload is called '\(name)'\(suggestion(for: name, among: workloads.map(\.workloadName)))"
            )
        }
        return workload
    }

    /// What a benchmark calls it; as a recipe its name says that it is one.
    public var workloadName: String { String(name.dropLast(workloadSuffix.count)) }

    private static func workload(
        _ name: String, _ summary: String, _ example: Shape, _ objective: Objective,
        latents: Int = 100, width: Int = 64, batch: Int = 64,
        networks: @escaping @Sendable (Settings) -> (discriminator: Network, generator: Network)
    ) -> Recipe {
        var settings = Settings()
        settings.batch = batch
        settings.microbatch = batch / 2
        settings.latents = latents
        settings.width = width
        settings.checkpointEvery = 1_000_000
        return Recipe(
            name: name + workloadSuffix, summary: summary, data: "noise, made by counting; no file",
            judgedBy: "milliseconds a step", defaults: settings, objective: objective,
            openData: { path, random in
                guard path == nil else {
                    throw DataError("\(name): expected no --data, found '\(path ?? "")'")
                }
                return Noise(count: 4096, example: example, random: random)
            },
            networks: networks,
            picture: { example.rank == 1 ? Picture(points: $0, reach: 1.5) : Picture(grid: $0) })
    }
}

private let workloadSuffix = "-workload"

internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

extension Recipe {
    /// Eight Gaussians on a circle (Metz et al., 2017): where mode collapse shows at a glance.
    public static let ring = mixture(
        .ring, settings: mixtureSettings(iterations: 16_000, rate: 4e-3, penalty: 0.02),
        name: "ring",
        summary: "perceptrons that learn eight Gaussians on a circle",
        divergence: 0.01, reach: 1.5)

    /// Twenty-five Gaussians on a square (PacGAN's measures; Lin et al., 2018).
    public static let grid = mixture(
        .grid, settings: mixtureSettings(iterations: 60_000, rate: 8e-3, penalty: 0.3),
        name: "grid",
        summary: "perceptrons that learn 25 Gaussians on a square",
        divergence: 0.03, reach: 5)

    private static func mixture(
        _ mixture: GaussianMixture, settings: Settings, name: String, summary: String,
        divergence: Double, reach: Float
    ) -> Recipe {
        Recipe(
            name: name, summary: summary, data: "made by counting; no file",
            measures: [Modes(mixture), Distances(), Diversity()],
            goals: [
                Goal("modes", .atLeast(Double(mixture.centres.count))),
                Goal("good-samples", .atLeast(0.93)),
                Goal("mode-kl", .atMost(divergence)),
            ],
            defaults: settings,
            knownClasses: mixture.centres.count, makeFields: { _ in [.point] },
            openData: { request in
                guard request.path == nil else {
                    throw DataError("\(name): expected no --data, found '\(request.path ?? "")'")
                }
                return GaussianMixtureExamples(
                    mixture, random: request.random, isLabelled: request.isLabelled,
                    isHeldOut: request.part == .heldOut)
            },
            depiction: .point(reach: reach))
    }

    /// - Parameter penalty: Of slopes; it grows with the squared distance between modes.
    private static func mixtureSettings(iterations: Int, rate: Float, penalty: Float) -> Settings {
        Settings(
            run: RunSettings {
                $0.iterations = iterations
                $0.batchSize = 256
                $0.microbatch = 128
                $0.checkpointEvery = 2_000
                $0.chunk = 32
            },
            optimizer: OptimizerSettings {
                $0.learningRate = Sides(both: rate)
                $0.beta1 = 0
                $0.beta2 = 0.9
                $0.annealing = iterations
                $0.learningRateEnd = 0
            },
            CriticSettings {
                $0.objective = .relativistic
                $0.r1 = penalty
                $0.r2 = penalty
                $0.penaltyEnd = 0.01
            },
            NetworkSettings {
                $0.architecture = .normalizedPerceptron
                $0.latentSize = 4
                $0.width = 128
            },
            LatentSettings())
    }
}

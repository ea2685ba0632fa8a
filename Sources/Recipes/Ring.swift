internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks

extension Recipe {
    /// Eight Gaussians on a circle (Metz et al., 2017): where mode collapse shows at a glance.
    public static let ring = Recipe(
        name: "ring",
        summary: "multilayer perceptrons that learn eight Gaussians on a circle",
        data: "made by counting; no file",
        judgedBy: "looking at the scattered points",
        defaults: ringDefaults,
        objective: .nonSaturating,
        openData: { path, random in
            guard path == nil else {
                throw DataError("ring: expected no --data, found '\(path ?? "")'")
            }
            return GaussianMixture.ring(random: random)
        },
        networks: { settings in
            (
                MultilayerPerceptron.network(
                    "discriminator", from: 2, to: 1, width: settings.width),
                MultilayerPerceptron.network(
                    "generator", from: settings.latents, to: 2, width: settings.width)
            )
        },
        picture: { Picture(points: $0, reach: 1.5) })
}

private let ringDefaults: Settings = {
    var settings = Settings()
    settings.iterations = 4_000
    settings.batch = 256
    settings.microbatch = 64
    settings.checkpointEvery = 1_000
    settings.latents = 32
    settings.width = 128
    settings.discriminatorRate = 1e-3
    settings.generatorRate = 1e-3
    settings.chunk = 32
    return settings
}()

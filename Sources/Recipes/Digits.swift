internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

extension Recipe {
    /// MNIST (LeCun et al., 1998): 60,000 grey images of digits, 28 x 28.
    public static let mnist = Recipe(
        name: "mnist",
        summary: "a DCGAN that draws digits, 28 x 28, grey",
        data: "MNIST, 60,000 images, in IDX files; --data names their folder",
        measures: .usual,
        defaults: .smallGreyImages, knownClasses: 10,
        classifierName: "mnist", makeFields: { _ in [.smallGreyImage] }, openData: openDigits,
        depiction: .image())

    /// Three digits as the channels of one image: a thousand modes to be found (Metz et al., 2017; PacGAN's measures).
    public static let stackedMNIST = Recipe(
        name: "stacked-mnist",
        summary: "a DCGAN that draws three digits as colours, a thousand kinds",
        data: mnist.data,
        measures: [StackedModes(), Diversity()],
        goals: [Goal("modes", .atLeast(1000)), Goal("mode-kl", .atMost(0.06))],
        defaults: stackedDefaults, knownClasses: 1000,
        classifierName: "mnist",
        makeFields: { _ in [.image([3, 28, 28])] },
        openData: { request in
            var digits = request
            digits.isLabelled = true
            return StackedDigits(
                try openDigits(digits), count: 128_000, random: request.random,
                isLabelled: request.isLabelled)
        },
        depiction: .image())

    private static let stackedDefaults = Settings(
        run: RunSettings {
            $0.iterations = 30_000
            $0.batchSize = 64
            $0.microbatch = 32
            $0.checkpointEvery = 2_000
        },
        optimizer: OptimizerSettings {
            $0.learningRate = Sides(both: 5e-4)
            $0.beta1 = 0
            $0.beta2 = 0.99
            $0.annealing = 30_000
            $0.learningRateEnd = 0.1
        },
        CriticSettings {
            $0.objective = .relativistic
            $0.r1 = 1
            $0.r2 = 1
            $0.penaltyEnd = 0.1
        },
        NetworkSettings { $0.latentSize = 64 },
        LatentSettings())
}

private func openDigits(_ request: DataRequest) throws -> IDXImages {
    guard let folder = request.path else {
        throw DataError(
            "mnist: expected --data, the folder of MNIST's four IDX files, found none; Debian has no package of it"
        )
    }
    return try IDXImages(request, folder: folder, hint: "--data names the folder that has it")
}

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
        defaults: .smallGreyImages, sides: [28], knownClasses: 10,
        classifierName: "mnist", makeField: greyImage, openData: openDigits,
        depiction: .image())

    /// Three digits as the channels of one image: a thousand modes to be found (Metz et al., 2017; PacGAN's measures).
    public static let stackedMNIST = Recipe(
        name: "stacked-mnist",
        summary: "a DCGAN that draws three digits as colours, a thousand kinds",
        data: mnist.data,
        measures: [StackedModes(), Diversity()],
        goals: [Goal("modes", .atLeast(1000)), Goal("mode-kl", .atMost(0.06))],
        defaults: stackedDefaults, sides: [28], knownClasses: 1000,
        classifierName: "mnist",
        makeField: colourImage,
        openData: { request in
            var digits = request
            digits.isLabelled = true
            return StackedDigits(
                try openDigits(digits), count: 128_000, random: request.random,
                isLabelled: request.isLabelled)
        },
        depiction: .image())

    private static let stackedDefaults: Settings = {
        var settings = Settings()
        settings.objective = .relativistic
        settings.iterations = 30_000
        settings.batch = 64
        settings.microbatch = 32
        settings.checkpointEvery = 2_000
        settings.latents = 64
        settings.firstDecay = 0
        settings.secondDecay = 0.99
        settings.discriminatorRate = 5e-4
        settings.generatorRate = 5e-4
        settings.realPenalty = 1
        settings.fakePenalty = 1
        settings.annealing = 30_000
        settings.rateEnd = 0.1
        settings.penaltyEnd = 0.1
        return settings
    }()
}

private func openDigits(_ request: DataRequest) throws -> IDXImages {
    guard let folder = request.path else {
        throw DataError(
            "mnist: expected --data, the folder of MNIST's four IDX files, found none; Debian has no package of it"
        )
    }
    return try IDXImages(request, folder: folder, hint: "--data names the folder that has it")
}

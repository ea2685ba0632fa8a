internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

extension Recipe {
    /// Fashion-MNIST (Xiao et al., 2017): 60,000 grey images of clothes, 28 x 28.
    public static let fashion = Recipe(
        name: "fashion",
        summary: "a DCGAN that draws clothes, 28 x 28, grey",
        data: "Fashion-MNIST, 60,000 images; Debian: dataset-fashion-mnist",
        measures: .usual,
        defaults: .smallGreyImages, knownClasses: 10,
        classifierName: "fashion", makeFields: { _ in [.smallGreyImage] }, openData: openFashion,
        depiction: .image())

    /// The same clothes, of the kind that is asked for.
    public static let fashionConditional = Recipe(
        name: "fashion-conditional",
        summary: "a DCGAN that draws the clothes one asks for, 28 x 28, grey",
        data: fashion.data,
        measures: .usual, goals: [Goal("class-accuracy", .atLeast(0.9))],
        defaults: conditionalDefaults, knownClasses: 10,
        classifierName: "fashion", makeFields: { _ in [.smallGreyImage] }, openData: openFashion,
        depiction: .image(columns: 10))

    private static let conditionalDefaults = Settings(
        run: RunSettings { $0.iterations = 4 * 938 },
        CriticSettings { $0.r1 = 1 },
        // With projection and conditional normalization the generator draws one picture a class.
        NetworkSettings { $0.conditioning = .concatenation },
        LatentSettings())
}

extension Settings {
    /// For a DCGAN that has two epochs of small grey images: larger steps than usual, so that it gets somewhere.
    static let smallGreyImages = Settings(
        optimizer: OptimizerSettings { $0.learningRate = Sides(both: 5e-4) },
        CriticSettings(), NetworkSettings(), LatentSettings())
}

extension Field {
    /// What MNIST and its like are made of.
    static let smallGreyImage = Field.image([1, 28, 28])
}

@Sendable func openFashion(_ request: DataRequest) throws -> IDXImages {
    try IDXImages(
        request, folder: request.path ?? "/usr/share/datasets/fashion-mnist",
        hint:
            "'apt-get install dataset-fashion-mnist' brings it, or --data names the folder that has it"
    )
}

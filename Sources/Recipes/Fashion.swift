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
        defaults: .smallGreyImages, sides: [28], knownClasses: 10,
        classifierName: "fashion", makeField: greyImage, openData: openFashion,
        depiction: .image())

    /// The same clothes, of the kind that is asked for.
    public static let fashionConditional = Recipe(
        name: "fashion-conditional",
        summary: "a DCGAN that draws the clothes one asks for, 28 x 28, grey",
        data: fashion.data,
        measures: .usual, goals: [Goal("class-accuracy", .atLeast(0.9))],
        defaults: conditionalDefaults, sides: [28], knownClasses: 10,
        classifierName: "fashion", makeField: greyImage, openData: openFashion,
        depiction: .image(columns: 10))

    private static let conditionalDefaults: Settings = {
        var settings = Settings()
        // With projection and conditional normalization the generator draws one picture a class.
        settings.conditioning = .concatenation
        settings.realPenalty = 1
        settings.iterations = 4 * 938
        return settings
    }()
}

extension Settings {
    /// Of a DCGAN that has two epochs for small grey images: larger steps than usual, so that it gets somewhere.
    static let smallGreyImages: Settings = {
        var settings = Settings()
        settings.discriminatorRate = 5e-4
        settings.generatorRate = 5e-4
        return settings
    }()
}

private func openFashion(_ request: DataRequest) throws -> any Dataset {
    try IDXImages(
        request, folder: request.path ?? "/usr/share/datasets/fashion-mnist",
        hint:
            "'apt-get install dataset-fashion-mnist' brings it, or --data names the folder that has it"
    )
}

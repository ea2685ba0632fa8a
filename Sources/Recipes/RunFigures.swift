public import Adversarial
internal import Datasets
internal import Evaluation
public import PretrainedNetworks
internal import Tensors

// What can be known of a run's figures before any data are read.
extension RunEvaluation {
    /// The extractor that suits a recipe's examples, where nobody names another: the classifier that comes with the program for
    /// them, or random convolutions, where none is made for them.
    ///
    /// Points need none.
    public static func usualExtractor(for recipe: Recipe, _ settings: Settings) throws
        -> (any FeatureExtractor)?
    {
        guard recipe.kind == .image else { return nil }
        if let name = recipe.classifierName { return try TrainedClassifier.included(for: name) }
        return RandomConvolutions(of: recipe.example(settings))
    }

    /// The names of the figures that runs of a recipe are measured by, the one that it is judged by first.
    ///
    /// - Throws: ``EvaluationError`` where the extractor does not suit.
    public static func figureNames(
        for recipe: Recipe, _ settings: Settings, extractor: (any FeatureExtractor)?
    ) throws -> [String] {
        try check(extractor, for: recipe, settings)
        let modes = ["modes", "good-samples", "mode-kl"]
        let distances = ["frechet-distance", "kernel-distance", "sliced-wasserstein"]
        let diversity = ["missed-share", "pair-distance", "support"]
        switch recipe.acceptance.measure {
        case .modes: return modes + distances + diversity
        case .stackedDigits: return modes + diversity
        case .bars:
            return ["pitch-classes", "empty-bars", "qualified-notes", "tonal-distance"] + diversity
        case .frechetDistance, .classAccuracy, .speed:
            let neighbourhoods = [
                "precision", "recall", "density", "coverage", "nearest-training-example",
            ]
            var classes: [String] = []
            if ownClassifier(extractor, of: recipe, settings) != nil {
                classes = ["classes", "class-kl"]
                if settings.isConditional { classes.append("class-accuracy") }
            }
            return distances + neighbourhoods + diversity + classes
        }
    }

    /// - Throws: ``EvaluationError`` where the extractor does not suit.
    static func check(
        _ extractor: (any FeatureExtractor)?, for recipe: Recipe, _ settings: Settings
    ) throws {
        let example = recipe.example(settings)
        if case .stackedDigits = recipe.acceptance.measure {
            guard let digits = extractor as? TrainedClassifier, digits.classifier.classes == 10,
                digits.example == channel(of: example)
            else {
                throw EvaluationError(
                    "the extractor: expected a classifier of ten digits, found \(extractor?.name ?? "none")"
                )
            }
            return
        }
        guard let extractor else { return }
        guard recipe.kind == .image else {
            throw EvaluationError(
                "the extractor: expected none, since \(recipe.name) draws no images, found \(extractor.name)"
            )
        }
        guard [example, channel(of: example)].contains(extractor.example) else {
            throw EvaluationError(
                "the extractor: expected one of images of \(example), found one of \(extractor.example)"
            )
        }
    }

    /// The extractor, if it is the classifier that tells the recipe's own classes apart.
    static func ownClassifier(
        _ extractor: (any FeatureExtractor)?, of recipe: Recipe, _ settings: Settings
    ) -> TrainedClassifier? {
        guard let trained = extractor as? TrainedClassifier,
            trained.classifier.classes == recipe.classes(settings),
            [recipe.name, recipe.classifierName].contains(trained.recipe)
        else { return nil }
        return trained
    }

    /// The shape of a colour's channel as an image of its own.
    static func channel(of example: Shape) -> Shape { Shape([1] + example.dropFirst()) }
}

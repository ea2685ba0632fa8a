import Adversarial
import Datasets
import Evaluation
import NeuralNetworks
import PretrainedNetworks
import Recipes
import Tensors
import Testing

@Suite("What is known of figures before data are read")
struct RunFiguresTests {
    @Test("The figures of a run have the names that were promised, in their order")
    func names() throws {
        let settings = Recipe.ring.defaults
        let data = try Run.openData(.ring, settings, DataRequest(path: nil))
        let run = try Run(recipe: .ring, settings: settings, manifest: data.manifest)
        let evaluation = try RunEvaluation(of: run, count: 20, seed: 0, extractor: nil, path: nil)
        let generator = run.networks[1]
        let buffer = generator.initialWeights(run.step.random, number: 1)
        let figures = try evaluation.measure(generator.weights(in: buffer), after: 0)
        #expect(
            try figures.map(\.name)
                == RunEvaluation.figureNames(for: .ring, settings, extractor: nil))
    }

    @Test(
        "Classes are told where the extractor knows them, and kinds asked for where the run draws by class"
    )
    func classes() throws {
        func names(_ recipe: Recipe) throws -> [String] {
            let extractor = try RunEvaluation.usualExtractor(for: recipe, recipe.defaults)
            return try RunEvaluation.figureNames(for: recipe, recipe.defaults, extractor: extractor)
        }
        #expect(try names(.fashion).suffix(2) == ["classes", "class-kl"])
        #expect(try names(.fashionConditional).last == "class-accuracy")
        #expect(try names(.emoji).first == "frechet-distance")
        #expect(try !names(.emoji).contains("classes"))
    }

    @Test("A recipe that has a classifier of its own never gets another extractor unasked")
    func included() throws {
        for recipe in [Recipe.fashion, .fashionConditional, .mnist, .stackedMNIST] {
            let extractor = try RunEvaluation.usualExtractor(for: recipe, recipe.defaults)
            #expect(extractor is TrainedClassifier, "\(recipe.name)")
        }
        #expect(throws: PretrainedNetworkError.self) {
            _ = try TrainedClassifier.included(for: "nothing")
        }
    }
}

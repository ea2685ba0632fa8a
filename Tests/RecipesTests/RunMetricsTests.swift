import Adversarial
import Datasets
import Evaluation
import NeuralNetworks
import PretrainedNetworks
@testable import Recipes
import Tensors
import Testing

@Suite("What is known of metrics before data are read")
struct RunMetricsTests {
    @Test("The metrics of a run have the names that were promised, in their order")
    func names() throws {
        let settings = Recipe.ring.defaults
        let data = try Run.openData(.ring, settings, DataRequest(path: nil))
        let run = try Run(recipe: .ring, settings: settings, manifest: data.manifest)
        let evaluation = try RunEvaluation(of: run, count: 20, seed: 0, extractor: nil, path: nil)
        let generator = run.networks[1]
        let buffer = generator.initialWeights(run.step.random, number: 1)
        let metrics = try evaluation.measure(generator.weights(in: buffer), after: 0)
        #expect(try metrics.map(\.kind) == Recipe.ring.metrics(settings, extractor: nil))
    }

    @Test(
        "Classes are told where the extractor knows them, and kinds asked for where the run draws by class"
    )
    func classes() throws {
        func names(_ recipe: Recipe) throws -> [String] {
            let extractor = try recipe.usualExtractor(recipe.defaults)
            return try recipe.metrics(recipe.defaults, extractor: extractor).map(\.name)
        }
        #expect(try names(.fashion).suffix(2) == ["classes", "class-kl"])
        #expect(try names(.fashionConditional).last == "class-accuracy")
        #expect(try names(.emoji).first == "frechet-distance")
        #expect(try !names(.emoji).contains("classes"))
    }

    @Test(
        "The goals of each recipe are metrics that it is measured by",
        arguments: [Recipe].builtIn.map(\.name))
    func goals(name: String) throws {
        let recipe = try [Recipe].builtIn.named(name)
        let extractor = try recipe.usualExtractor(recipe.defaults)
        let names = try recipe.metrics(recipe.defaults, extractor: extractor).map(\.name)
        #expect(!names.isEmpty && Set(names).count == names.count)
        #expect(recipe.goals.allSatisfy { names.contains($0.metric) })
    }

    @Test(
        "Words of a name are joined by hyphens; before a dot stands what it belongs to",
        arguments: [Recipe].builtIn.map(\.name))
    func spelling(name: String) throws {
        let recipe = try [Recipe].builtIn.named(name)
        let extractor = try recipe.usualExtractor(recipe.defaults)
        let metrics = try recipe.metrics(recipe.defaults, extractor: extractor).map(\.name)
        let scalars = try recipe.step(recipe.defaults).networks.inOrder.flatMap(\.scalars)
        for name in metrics + scalars {
            #expect(
                try /([a-z0-9]+(-[a-z0-9]+)*\.)*[a-z0-9]+(-[a-z0-9]+)*/.wholeMatch(in: name) != nil,
                "\(name)")
        }
    }

    @Test("What a recipe is judged by follows from its goals, or else from its first measure")
    func criterion() {
        #expect(
            Recipe.ring.criterion
                == "modes at least 8, good-samples at least 0.93, mode-kl at most 0.01, of 2500 samples"
        )
        #expect(
            Recipe.chorales.criterion
                == "pitch-classes, empty-bars, qualified-notes, tonal-distance, of 1000 samples")
    }

    @Test("Without a metric that depends on features there is no extractor")
    func extractors() throws {
        func extractor(_ recipe: Recipe) throws -> (any FeatureExtractor)? {
            try recipe.usualExtractor(recipe.defaults)
        }
        for recipe in [Recipe.ring, .grid, .chorales] {
            #expect(try extractor(recipe) == nil, "\(recipe.name)")
        }
        var pairs = Recipe.superResolution
        #expect(try extractor(pairs) != nil)
        pairs.measures = [PairSimilarity(), EnlargementGain()]
        #expect(try extractor(pairs) == nil)
    }

    @Test("A recipe that has a classifier of its own never gets another extractor unasked")
    func included() throws {
        for recipe in [Recipe.fashion, .fashionConditional, .mnist, .stackedMNIST] {
            let extractor = try recipe.usualExtractor(recipe.defaults)
            #expect(extractor is TrainedClassifier, "\(recipe.name)")
        }
        #expect(throws: PretrainedNetworkError.self) {
            _ = try TrainedClassifier.included(for: "nothing")
        }
    }
}

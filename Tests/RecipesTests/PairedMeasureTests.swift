import Adversarial
import Datasets
import Evaluation
import NeuralNetworks
@testable import Recipes
import Tensors
import Testing

@Suite("Measures of recipes that are not there yet")
struct PairedMeasureTests {
    /// Moves real points by a half along each axis: a game whose fakes are made of real examples.
    private struct Moving: Game {
        let other: any Game
        var phases: [Phase] { other.phases }

        func fakes(_ leaf: Leaf) throws -> Examples {
            let points = try leaf.reals["point"]
            return ["point": points + 0.5, "start": points]
        }

        func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
            try other.judge(fakes, leaf)
        }

        func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
            try other.terms(fakes, leaf)
        }
    }

    /// How far each sample is from the real example that it was made of, and from where it says that it started.
    private struct Movement: Measure {
        func metrics(of subject: Subject) -> [Metric.Kind] {
            [.init("moved", better: .smaller), .init("moved-start", better: .smaller)]
        }

        func values(of samples: Observations, among reals: Reals) -> [Double] {
            let start = samples === reals.heldOut ? "point" : "start"
            return ["point", start].map { field in
                zip(samples.values(of: field).scalars, reals.heldOut.values().scalars).map {
                    Double(abs($0 - $1))
                }.max() ?? 0
            }
        }
    }

    @Test("Samples that are made of real examples are compared with the very same ones")
    func pairs() throws {
        var recipe = Recipe.ring
        recipe.makeGame = { Moving(other: try latentGame($0, $1, &$2)) }
        recipe.measures = [Movement()]
        let settings = recipe.defaults
        let data = try Run.openData(recipe, settings, DataRequest(path: nil))
        let run = try Run(recipe: recipe, settings: settings, manifest: data.manifest)
        let evaluation = try RunEvaluation(of: run, count: 250, seed: 3, extractor: nil, path: nil)
        let generator = run.networks[1]
        let weights = generator.weights(
            in: generator.initialWeights(run.step.random, number: 1))
        let metrics = try evaluation.measure(weights, after: 0)
        #expect(metrics.map(\.name) == ["moved", "moved-start"])
        #expect(abs(metrics[0].value - 0.5) < 1e-6 && metrics[0].real == 0)
        #expect(metrics[1].value == 0 && metrics[1].real == 0)
    }
}

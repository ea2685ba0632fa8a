import Adversarial
import Datasets
import NeuralNetworks
import Recipes
import Tensors
import Testing

@Suite("Generators of choices")
struct ChoiceTests {
    @Test(
        "Whatever the architecture, a voice sings one pitch or none",
        arguments: Architecture.allCases.filter {
            $0.draws(Recipe.chorales.example(Recipe.chorales.defaults))
        })
    func chorales(architecture: Architecture) throws {
        var settings = Recipe.chorales.defaults
        settings[NetworkSettings.self] = NetworkSettings {
            $0.architecture = architecture
            $0.latentSize = 8
            $0.width = 8
        }
        let ring = try Run.openData(.ring, Recipe.ring.defaults, DataRequest(path: nil))
        let run = try Run(recipe: .chorales, settings: settings, manifest: ring.manifest)
        let number = Run.sampledNetwork
        let network = run.networks[number]
        let buffer = network.initialWeights(run.step.random, number: number)
        let samples = try run.samples(
            0..<2, Draw(seed: 3), weights: network.weights(in: buffer), after: 0)
        let pitches = samples.shape[3]
        let scalars = samples.scalars
        for start in stride(from: 0, to: scalars.count, by: pitches) {
            let row = scalars[start..<(start + pitches)]
            #expect(row.allSatisfy { abs($0) == 1 } && row.count { $0 == 1 } <= 1)
        }
        #expect(scalars.contains(1))
    }
}

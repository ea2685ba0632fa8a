import Adversarial
import Cluster
import Datasets
import Foundation
import Hashing
import Recipes
import Testing

@Suite("A loop without protocol")
struct PlainLoopTests {
    @Test(
        "It has the weights of coordinator, servers and worker",
        arguments: ["ring", "ring-workload"])
    func sameWeights(recipe: String) throws {
        let recipe = try [Recipe].builtIn.named(recipe)
        var settings = recipe.defaults
        for (name, value) in ["iterations": "6", "critic-steps": "2", "width": "16", "chunk": "1"] {
            try settings.set(name, to: value, for: recipe)
        }
        let dataset = try Run.openData(recipe, settings, DataRequest(path: nil))
        let run = try Run(recipe: recipe, settings: settings, manifest: dataset.manifest)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "swiftgan-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = try OneProcess(
            run: run, dataset: dataset, lanes: 2, output: folder.path, isResuming: false,
            observe: { _ in })
        var iterations = 0
        let plain = try PlainLoop(run: run, dataset: dataset, lanes: 2).train { _ in
            iterations += 1
        }
        #expect(try process.train() == plain)
        #expect(iterations == 6)
    }
}

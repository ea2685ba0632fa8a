import Adversarial
import ArgumentParser
import Datasets
import Foundation
import NeuralNetworks
import Platform
import Recipes
import Tensors

struct BenchmarkSamplingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sampling", abstract: "Time how fast a workload's generator draws.")

    @Argument(help: "Whose generator.")
    var workload = "mnist28"

    @Option(parsing: .unconditional, help: "Threads that compute, each its part of a batch.")
    var lanes = defaultLanes

    @Option(parsing: .unconditional, help: "Examples a batch.")
    var batchSize = 256

    func run() throws {
        try reportingErrors {
            try requireLanes(lanes)
            guard (1...1 << 20).contains(batchSize) else {
                throw RecipeError("--batch-size: expected 1 to 1048576, found \(batchSize)")
            }
            let recipe = try Recipe.workload(named: workload)
            let dataset = try Run.openData(recipe, recipe.defaults, DataRequest(path: nil))
            let run = try Run(
                recipe: recipe, settings: recipe.defaults, manifest: dataset.manifest)
            let drawing = try Drawing(run, lanes: lanes, batchSize: batchSize)
            let rates = (0..<12).map { _ in
                Double(batchSize) / (ContinuousClock().measure(drawing.draw) / .seconds(1))
            }.dropFirst(3).sorted()
            try tell(
                "\(Program.configuration.version) sampling \(workload) lanes=\(lanes) batch=\(batchSize) float32: \(fixed(rates[rates.count / 2])) images/s"
            )
        }
    }
}

/// Threads that draw parts of one batch after another.
private final class Drawing: @unchecked Sendable {
    private let parts: [Range<Int>]
    private let start: [DispatchSemaphore]
    private let done = DispatchSemaphore(value: 0)

    init(_ run: Run, lanes: Int, batchSize: Int) throws {
        let number = Run.sampledNetwork
        let network = run.networks[number]
        let buffer = network.initialWeights(run.step.random, number: number)
        // One for all: what kernels make of the weights is made once.
        let weights = network.weights(in: buffer)
        parts = (0..<lanes).map { ($0 * batchSize / lanes)..<(($0 + 1) * batchSize / lanes) }
        start = parts.map { _ in DispatchSemaphore(value: 0) }
        for (lane, part) in parts.enumerated() {
            let (start, done) = (start[lane], done)
            try SystemThread("lane \(lane)") {
                while true {
                    start.wait()
                    _ = try? run.samples(
                        part, Draw(seed: 0), weights: weights, after: run.settings.iterations)
                    done.signal()
                }
            }
        }
    }

    func draw() {
        for semaphore in start { semaphore.signal() }
        for _ in parts { done.wait() }
    }
}

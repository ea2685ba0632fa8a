import Adversarial
import Datasets
import Foundation
import NeuralNetworks
import Recipes
import Synchronization
import Tensors
import Testing

@Suite("The adversarial step")
struct AdversarialStepTests {
    private func message(_ run: Run, _ turn: Turn, _ positions: Range<Int>) throws -> [Float] {
        let weights = run.networks.enumerated().map { number, network in
            network.weights(in: network.initialWeights(run.step.random, number: number))
        }
        let data = try Run.openData(.ring, run.settings, DataRequest(path: nil))
        let reader = try BatchReader(data, random: run.step.random)
        defer { reader.close() }
        let beginning = try run.step.begin(
            turn, positions: positions, reals: Examples(try reader.batch(at: positions).arrays[0]),
            weights: weights[turn.network])
        return run.step.finish(beginning, weights: weights).message.scalars
    }

    private func ringRun() throws -> Run {
        var settings = Recipe.ring.defaults
        // Without batch normalization, which sees its leaf alone.
        settings.architecture = .perceptron
        let data = try Run.openData(.ring, settings, DataRequest(path: nil))
        return try Run(recipe: .ring, settings: settings, manifest: data.manifest)
    }

    @Test("A leaf's message is the same whenever and wherever it is computed", arguments: [0, 1])
    func pure(network: Int) throws {
        let run = try ringRun()
        let turn = Turn(network: network, iteration: 5, repeat: 0)
        #expect(try message(run, turn, 64..<128) == message(run, turn, 64..<128))
        #expect(try message(run, turn, 64..<128) != message(run, turn, 0..<64))
    }

    @Test("The mean over leaves is the gradient of the whole batch", arguments: [0, 1])
    func leaves(network: Int) throws {
        let run = try ringRun()
        let turn = Turn(network: network, iteration: 0, repeat: 0)
        let whole = try message(run, turn, 0..<64)
        let halves = try zip(message(run, turn, 0..<32), message(run, turn, 32..<64)).map {
            ($0 + $1) / 2
        }
        let scale = whole.map(abs).max() ?? 1
        #expect(zip(whole, halves).allSatisfy { abs($0 - $1) < 1e-5 * max(1, scale) })
    }

    @Test(
        "No recipe falls back to the library's reference loops",
        arguments: (Recipe.all + Recipe.workloads).map(\.name))
    func kernels(name: String) throws {
        let recipe = try Recipe.named(name)
        let ring = try Run.openData(.ring, Recipe.ring.defaults, DataRequest(path: nil))
        let run = try Run(recipe: recipe, settings: recipe.defaults, manifest: ring.manifest)
        // A thread of its own has a lane of its own, with the kernels of this recipe alone.
        let found = Mutex<[String]>([])
        let done = DispatchSemaphore(value: 0)
        Thread {
            let weights = run.networks.enumerated().map { number, network in
                network.weights(in: network.initialWeights(run.step.random, number: number))
            }
            for network in 0...1 {
                let example = Shape([16] + run.example)
                let beginning = run.step.begin(
                    Turn(network: network, iteration: 0, repeat: 0), positions: 0..<16,
                    reals: Examples(
                        NDArray(repeating: 0.5, shape: example),
                        labels: (0..<16).map { $0 % max(1, run.classes) }),
                    weights: weights[network])
                _ = run.step.finish(beginning, weights: weights)
            }
            found.withLock { $0 = Lane.current.kernelNames }
            done.signal()
        }.start()
        done.wait()
        let names = found.withLock { $0 }
        #expect(names.filter { $0.hasPrefix("ref") } == [])
    }

    @Test("Turns, updates and data positions follow from the step alone")
    func schedule() {
        let schedule = Schedule(repeats: [3, 1])
        #expect((0..<5).map { schedule.turn(at: $0).network } == [0, 0, 0, 1, 0])
        #expect(schedule.turn(at: 6) == Turn(network: 0, iteration: 1, repeat: 2))
        #expect(schedule.nextStep(of: 1, from: 4) == 7 && schedule.nextStep(of: 0, from: 3) == 4)
        for step in 0..<20 {
            for network in 0...1 {
                let counted = (0..<step).count { schedule.turn(at: $0).network == network }
                #expect(schedule.updates(of: network, before: step) == counted)
            }
        }
        let positions = (0..<12).map(schedule.turn).filter { $0.network == 0 }.map(schedule.batches)
        #expect(positions == Array(0..<9))
    }
}

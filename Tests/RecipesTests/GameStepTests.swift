import Adversarial
import Datasets
import Foundation
import NeuralNetworks
import Recipes
import Synchronization
import Tensors
import Testing

@Suite("A step of the game")
struct GameStepTests {
    private func message(_ run: Run, _ turn: Turn, _ positions: Range<Int>) throws -> [Float] {
        let data = try Run.openData(.ring, run.settings, DataRequest(path: nil))
        let reader = try BatchReader(data, random: run.step.random)
        defer { reader.close() }
        return try run.message(turn, positions, weights: run.initialWeights) {
            Examples(try reader.batch(at: positions))
        }
    }

    private func ringRun() throws -> Run {
        var settings = Recipe.ring.defaults
        // Without batch normalization, which sees its leaf alone.
        settings[NetworkSettings.self].architecture = .perceptron
        let data = try Run.openData(.ring, settings, DataRequest(path: nil))
        return try Run(recipe: .ring, settings: settings, manifest: data.manifest)
    }

    @Test(
        "A leaf's message is the same whenever and wherever it is computed",
        arguments: Side.allCases)
    func pure(side: Side) throws {
        let run = try ringRun()
        let turn = Turn(side, iteration: 5)
        #expect(try message(run, turn, 64..<128) == message(run, turn, 64..<128))
        #expect(try message(run, turn, 64..<128) != message(run, turn, 0..<64))
    }

    @Test("The mean over leaves is the gradient of the whole batch", arguments: Side.allCases)
    func leaves(side: Side) throws {
        let run = try ringRun()
        let turn = Turn(side, iteration: 0)
        let whole = try message(run, turn, 0..<64)
        let halves = try zip(message(run, turn, 0..<32), message(run, turn, 32..<64)).map {
            ($0 + $1) / 2
        }
        let scale = whole.map(abs).max() ?? 1
        #expect(zip(whole, halves).allSatisfy { abs($0 - $1) < 1e-5 * max(1, scale) })
    }

    @Test(
        "No recipe falls back to the library's reference loops",
        arguments: ([Recipe].builtIn + Recipe.workloads).map(\.name))
    func kernels(name: String) throws {
        let recipe = try [Recipe].builtIn.named(name)
        let ring = try Run.openData(.ring, Recipe.ring.defaults, DataRequest(path: nil))
        let run = try Run(recipe: recipe, settings: recipe.defaults, manifest: ring.manifest)
        // A thread of its own has a lane of its own, with the kernels of this recipe alone.
        let found = Mutex<[String]>([])
        let done = DispatchSemaphore(value: 0)
        Thread {
            for side in Side.allCases {
                _ = try? run.message(
                    Turn(side, iteration: 0), 0..<16, weights: run.initialWeights
                ) { run.examples(16) }
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
        let schedule = Schedule([Phase(repeats: Sides(discriminator: 3, generator: 1))])
        #expect((0..<5).map { schedule.turn(at: $0).network } == [0, 0, 0, 1, 0])
        #expect(schedule.turn(at: 6) == Turn(.discriminator, iteration: 1, repeat: 2))
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

    @Test("A schedule of several phases is the one that counting gives, also where a side rests")
    func phases() {
        func sides(_ discriminator: Int, _ generator: Int) -> Sides<Int> {
            Sides(discriminator: discriminator, generator: generator)
        }
        let schedule = Schedule([
            Phase("pixels", iterations: 3, repeats: sides(0, 1)),
            Phase("none", iterations: 0, repeats: sides(5, 5)),
            Phase("both", iterations: 2, repeats: sides(2, 1)),
            Phase("critic", repeats: sides(1, 0)),
        ])
        var turns: [Turn] = []
        for iteration in 0..<8 {
            let (phase, repeats) =
                iteration < 3
                ? ("pixels", sides(0, 1))
                : iteration < 5 ? ("both", sides(2, 1)) : ("critic", sides(1, 0))
            #expect(schedule.firstStep(of: iteration) == turns.count)
            for side in Side.allCases {
                turns += (0..<repeats[side]).map {
                    Turn(side, iteration: iteration, repeat: $0, phase: phase)
                }
            }
        }
        var batches: [Int] = []
        for (step, turn) in turns.enumerated() {
            #expect(schedule.turn(at: step) == turn)
            #expect(
                schedule.beginsIteration(at: step)
                    == (step == 0 || turns[step - 1].iteration != turn.iteration))
            batches.append(schedule.batches(before: turn))
            for side in Side.allCases {
                let before = turns[..<step].count { $0.side == side }
                #expect(schedule.updates(of: side.rawValue, before: step) == before)
                let next = turns[step...].firstIndex { $0.side == side }
                #expect(schedule.nextStep(of: side.rawValue, from: step) == next)
                if turn.side == side {
                    #expect(
                        schedule.iteration(ofUpdate: before + 1, of: side.rawValue)
                            == turn.iteration)
                }
            }
        }
        // One batch a step, but that the generator's turn sees that of the first critic step again.
        #expect(batches == [0, 1, 2, 3, 4, 3, 5, 6, 5, 7, 8, 9])
    }
}

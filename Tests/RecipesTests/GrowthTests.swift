import Adversarial
import Datasets
import NeuralNetworks
import Recipes
import Tensors
import Testing

@Suite("A pair that grows while it trains")
struct GrowthTests {
    private func run(_ change: (inout Settings) throws -> Void = { _ in }) throws -> Run {
        var settings = Recipe.emoji.defaults
        settings[NetworkSettings.self] = NetworkSettings {
            $0.architecture = .progan
            $0.latentSize = 8
            $0.width = 4
            $0.growth = 600
        }
        try change(&settings)
        let ring = try Run.openData(.ring, Recipe.ring.defaults, DataRequest(path: nil))
        return try Run(recipe: .emoji, settings: settings, manifest: ring.manifest)
    }

    private func buffers(_ run: Run) -> [Storage] {
        run.networks.enumerated().map { number, network in
            network.initialWeights(run.step.random, number: number)
        }
    }

    private func samples(_ run: Run, after iteration: Int) throws -> [Float] {
        let number = Run.sampledNetwork
        let weights = run.networks[number].weights(in: buffers(run)[number])
        return try run.samples(0..<4, Draw(seed: 3), weights: weights, after: iteration).scalars
    }

    /// The message of a side's turn at an iteration, of four examples.
    private func message(_ run: Run, _ side: Side, at iteration: Int) throws -> [Float] {
        let values = run.step.random.uniform(
            4 * run.example.elementCount, at: .init(.data), in: -0.9..<0.9)
        return try run.message(
            Turn(side, iteration: iteration), 0..<4, weights: run.initialWeights
        ) { run.examples(4, values) }
    }

    @Test("Each doubling has an equal part: half of it as before, half of it fading in")
    func levels() {
        let growth = Growth(to: [3, 32, 32], over: 600)
        for (iteration, level) in [
            (0, 0), (99, 0), (100, 0), (150, 0.5), (200, 1), (300, 1), (375, 1.75), (400, 2),
            (500, 2), (599, 2.99),
        ] as [(Int, Float)] {
            #expect(growth.level(at: iteration) == level)
        }
        #expect(growth.level(at: 600) == .infinity)
        #expect(Growth.none.level(at: 0) == .infinity)
        // Parts that are no whole iterations leave nothing out of 0...4, and never fall.
        let uneven = Growth(to: [3, 64, 64], over: 101)
        let levels = (0...101).map { min(4, uneven.level(at: $0)) }
        #expect(levels == levels.sorted() && levels.first == 0 && levels.last == 4)
    }

    @Test("Images are drawn at the size that they have in an iteration, enlarged to the full one")
    func sizes() throws {
        let run = try run()
        for (iteration, side) in [(0, 8), (99, 8), (200, 4), (400, 2)] {
            let values = try samples(run, after: iteration)
            #expect(values.count == 4 * 3 * 32 * 32 && values.allSatisfy { abs($0) <= 1 })
            for (index, value) in values.enumerated() {
                let corner = index - index / 32 % side * 32 - index % 32 % side
                #expect(value == values[corner])
            }
        }
        #expect(try samples(run, after: 600) == samples(run, after: 1_000_000))
    }

    @Test("A doubling begins with the images before it, and ends with those after it")
    func fade() throws {
        let run = try run { $0[NetworkSettings.self].growth = 6_000_000 }
        func difference(_ one: Int, _ other: Int) throws -> Float {
            try zip(samples(run, after: one), samples(run, after: other)).map { abs($0 - $1) }.max()
                ?? .nan
        }
        for start in [1_000_000, 3_000_000, 5_000_000] {
            #expect(try difference(start, start - 1) == 0)
            #expect(try difference(start, start + 100) < 1e-3)
            #expect(try difference(start + 999_900, start + 1_000_000) < 1e-3)
            #expect(try difference(start, start + 1_000_000) > 0.1)
        }
    }

    @Test(
        "A step moves the weights of what is computed, and no bit of what has not grown yet",
        arguments: Side.allCases)
    func unused(side: Side) throws {
        let run = try run()
        let network = side.rawValue
        let before = buffers(run)[network]
        for (iteration, grown) in [(0, [4]), (250, [4, 8]), (350, [4, 8, 16])] {
            let gradient = Storage.zeros(count: before.count)
            for (index, value) in try message(run, side, at: iteration).enumerated() {
                gradient.pointer[index] = value
            }
            let after = Storage.zeros(count: before.count)
            run.optimizers[network].update(
                before, into: after, first: .zeros(count: before.count),
                second: .zeros(count: before.count), gradient: gradient, gradientScale: 0.25,
                update: iteration + 1)
            for (entry, range) in run.networks[network].layout where entry.role == .weight {
                let side = entry.name.firstMatch(of: /^block([0-9]+)/).flatMap { Int($0.1) }
                guard let side else { continue }
                let moved = range.contains { before.pointer[$0] != after.pointer[$0] }
                #expect(moved == grown.contains(side), "\(entry.name) at \(iteration)")
            }
        }
    }

    @Test("Images of 64 and 28 px grow too: to four doublings, and from 7 px to two")
    func otherResolutions() throws {
        let large = try run { $0[ImageSettings.self].resolution = 64 }
        #expect(try samples(large, after: 0).count == 4 * 3 * 64 * 64)
        #expect(Growth(to: [1, 28, 28], over: 4).level(at: 3) == 1)
        let message = try message(large, .discriminator, at: 599)
        #expect(message.allSatisfy(\.isFinite) && message.contains { $0 != 0 })
    }
}

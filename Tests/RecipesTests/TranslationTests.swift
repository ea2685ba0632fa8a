import Adversarial
import NeuralNetworks
import Tensors
import Testing

@testable import Recipes

/// A CycleGAN of numbers: two linear translators and two linear critics, whose gradients can be written out by hand.
@Suite("Translation between two sets")
struct TranslationTests {
    private static let cycleWeight: Float = 3
    private let random = RandomSource(seed: 5)
    private let step: GameStep
    /// Weights by the names of their entries.
    private let values: [String: Float] = [
        "to-a.only.weight": 0.7, "to-a.only.bias": -0.2, "to-b.only.weight": -1.1,
        "to-b.only.bias": 0.4, "a.only.weight": 0.9, "a.only.bias": 0.1, "b.only.weight": -0.6,
        "b.only.bias": 0.3,
    ]
    private let a: [Float] = [0.5, -1.2, 0.3, 2]
    private let b: [Float] = [-0.4, 0.8, 1.5, -2.2]

    init() {
        func linear(_ tree: inout ParameterTree) -> any Layer {
            Linear(&tree, "only", from: 1, to: 1)
        }
        step = GameStep(random) {
            Translation(
                &$0, TranslationSettings { $0.cycleWeight = Self.cycleWeight },
                critics: CriticSettings { $0.objective = .leastSquares }, translator: linear,
                critic: linear)
        }
    }

    private func gradients(_ side: Side) throws -> [String: Float] {
        let weights = step.networks.map { network in
            let buffer = Storage.zeros(count: network.count)
            for (entry, range) in network.layout {
                buffer.pointer[range.lowerBound] = values[entry.name] ?? 0
            }
            return network.weights(in: buffer)
        }
        let leaf = Leaf(
            step, Turn(side, iteration: 0), positions: 0..<4, weights: { weights[$0] },
            reals: { [a, b] in ["a": Tensor(a, shape: [4, 1]), "b": Tensor(b, shape: [4, 1])] })
        let message = try step.message(of: leaf)
        return Dictionary(
            uniqueKeysWithValues: step.networks[side].layout.map {
                ($0.entry.name, message.pointer[$0.range.lowerBound])
            })
    }

    private func value(_ name: String) -> Float { values[name] ?? .nan }

    private func expect(_ found: [String: Float], _ expected: [String: Float]) {
        for (name, value) in expected {
            let gradient = found[name] ?? .nan
            #expect(abs(gradient - value) < 1e-5, "\(name): \(gradient), by hand \(value)")
        }
    }

    @Test("The critics' gradients are those written out by hand, each of its own pictures alone")
    func critics() throws {
        // Least squares: ½ mean (score of a real - 1)² + ½ mean (score of a fake)².
        var expected: [String: Float] = [:]
        for (critic, reals, sources, translator) in [("a", a, b, "to-a"), ("b", b, a, "to-b")] {
            let (w, c) = (value("\(critic).only.weight"), value("\(critic).only.bias"))
            var (ofWeight, ofBias): (Float, Float) = (0, 0)
            for (real, source) in zip(reals, sources) {
                let fake =
                    value("\(translator).only.weight") * source + value("\(translator).only.bias")
                let (errorOfReal, errorOfFake) = (w * real + c - 1, w * fake + c)
                ofWeight += (errorOfReal * real + errorOfFake * fake) / 4
                ofBias += (errorOfReal + errorOfFake) / 4
            }
            expected["\(critic).only.weight"] = ofWeight
            expected["\(critic).only.bias"] = ofBias
        }
        expect(try gradients(.discriminator), expected)
    }

    @Test("The translators' gradients are those written out by hand, around the cycles, too")
    func translators() throws {
        // ½ mean (score - 1)² of each critic, and 3 times the mean distances of both cycles.
        var expected: [String: Float] = [:]
        func add(_ name: String, _ value: Float) { expected[name, default: 0] += value / 4 }
        for (there, back, critic, pictures) in [
            ("to-b.only", "to-a.only", "b.only", a), ("to-a.only", "to-b.only", "a.only", b),
        ] {
            let (p, q) = (value("\(there).weight"), value("\(there).bias"))
            let (r, s) = (value("\(back).weight"), value("\(back).bias"))
            let (w, c) = (value("\(critic).weight"), value("\(critic).bias"))
            for x in pictures {
                let fake = p * x + q
                let error = (w * fake + c - 1) * w
                add("\(there).weight", error * x)
                add("\(there).bias", error)
                let sign: Float = r * fake + s > x ? Self.cycleWeight : -Self.cycleWeight
                add("\(back).weight", sign * fake)
                add("\(back).bias", sign)
                add("\(there).weight", sign * r * x)
                add("\(there).bias", sign * r)
            }
        }
        expect(try gradients(.generator), expected)
    }

    @Test("Beside a picture of b stands the picture of a that it was made of")
    func originals() throws {
        let weights = step.networks.generator.weights(
            in: step.networks.generator.initialWeights(random, number: 1))
        let given: Examples = ["a": Tensor(a, shape: [4, 1]), "b": Tensor(b, shape: [4, 1])]
        let made = try step.samples(0..<4, Draw(seed: 0), given: given, weights: weights, after: 0)
        #expect(made[Translation.original].value.scalars == a)
    }

    @Test("What the run reports is the loss of each term, and both critics' scores")
    func scalars() throws {
        let found = try gradients(.generator)
        let cycle = zip(a, b).reduce(Float(0)) { sum, pair in
            let fakes = (
                value("to-a.only.weight") * pair.1 + value("to-a.only.bias"),
                value("to-b.only.weight") * pair.0 + value("to-b.only.bias")
            )
            let back = (
                value("to-a.only.weight") * fakes.1 + value("to-a.only.bias"),
                value("to-b.only.weight") * fakes.0 + value("to-b.only.bias")
            )
            return sum + (abs(back.0 - pair.0) + abs(back.1 - pair.1)) / 4
        }
        #expect(abs((found["cycle"] ?? .nan) - cycle) < 1e-5)
        #expect(
            abs(
                (found["loss"] ?? .nan) - Self.cycleWeight * cycle
                    - (found["adversarial-a"] ?? .nan) - (found["adversarial-b"] ?? .nan)) < 1e-5)
        let scores = try gradients(.discriminator)
        let mean = a.reduce(0, +) / 4
        let score = value("a.only.weight") * mean + value("a.only.bias")
        #expect(abs((scores["a.score-of-reals"] ?? .nan) - score) < 1e-5)
    }
}

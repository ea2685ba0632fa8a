import Adversarial
import Datasets
import Evaluation
import Foundation
import NeuralNetworks
import Tensors
import Testing

@testable import Recipes

@Suite("Rows of a table that are made")
struct TableTests {
    private let form = RowForm([.number, .choice(3), .mixed(special: 1)])
    private let random = RandomSource(seed: 4)

    private func step() -> GameStep {
        GameStep(random) {
            TableGame(
                &$0, form,
                NetworkSettings {
                    $0.architecture = .perceptron
                    $0.latentSize = 3
                    $0.width = 5
                }, CriticSettings { $0.objective = .relativistic })
        }
    }

    @Test("Choices are definite, and a number that is none is 0")
    func rows() throws {
        let step = step()
        let buffer = step.networks.generator.initialWeights(random, number: 1)
        let rows = try step.samples(
            0..<200, Draw(seed: 3), weights: step.networks.generator.weights(in: buffer), after: 0
        )[TableRows.field].value.scalars
        for start in stride(from: 0, to: rows.count, by: form.width) {
            let row = Array(rows[start..<(start + form.width)])
            #expect(abs(row[0]) <= 1)
            #expect(row[1..<4].sorted() == [0, 0, 1])
            #expect(row[4..<6].sorted() == [0, 1])
            #expect((row[6] != 0) == (row[5] == 1))
        }
    }

    @Test("The gradients of the critic are those of differences")
    func gradients() throws {
        let step = step()
        let buffers = Sides(
            discriminator: step.networks.discriminator.initialWeights(random, number: 0),
            generator: step.networks.generator.initialWeights(random, number: 1))
        let reals = Tensor([0.5, 1, 0, 0, 1, 0, 0, -0.5, 0, 1, 0, 0, 1, 0.3], shape: [2, 7])
        func message() throws -> [Float] {
            let leaf = Leaf(
                step, Turn(.discriminator, iteration: 3), positions: 0..<2,
                weights: { step.networks[$0].weights(in: buffers[$0]) },
                reals: { [TableRows.field: reals] })
            return try step.message(of: leaf).scalars
        }
        try expectGradients(
            of: step.networks.discriminator, in: buffers.discriminator, try message(),
            longest: 0.001, message: message)
    }

    @Test("A number's slope is that of tanh, and a choice's that of its odds")
    func slopes() throws {
        let ending = RowEnding(form)
        let scores: [Float] = [0.3, 0.1, 0.6, -0.4, 0.2, 0.5, -0.7]
        let weights: [Float] = [1, 2, -1, 0.5, 1, -2, 3]
        let input = Tensor.variable(NDArray(scores, shape: [1, 7]))
        let step = step()
        let buffer = step.networks.generator.initialWeights(random, number: 1)
        let pass = ForwardPass(
            step.networks.generator.weights(in: buffer), .training, isDifferentiable: false)
        let sum = (ending(input, pass) * Tensor(weights, shape: [1, 7])).sum()
        let slopes = gradient(of: sum, withRespectTo: input).value.scalars
        // Of odds p, the slope at place i is p(i) times what its weight has over the mean weight.
        func odds(_ scores: ArraySlice<Float>) -> [Float] {
            let powers = scores.map { expf($0) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
        func expected(_ range: Range<Int>, _ weights: [Float]) -> [Float] {
            let odds = odds(scores[range])
            let mean = zip(odds, weights).reduce(0) { $0 + $1.0 * $1.1 }
            return zip(odds, weights).map { $0 * ($1 - mean) }
        }
        // The last place of the mixed span also lets the number count.
        let number = tanhf(-0.7)
        let wanted =
            [1 - tanhf(0.3) * tanhf(0.3)] + expected(1..<4, [2, -1, 0.5])
            + expected(4..<6, [1, -2 + 3 * number]) + [3 * (1 - number * number)]
        for (found, wanted) in zip(slopes, wanted) { #expect(abs(found - wanted) < 1e-5) }
    }

    @Test("Calibrated samples have the shares of the data, and numbers that are spread evenly")
    func calibration() throws {
        let folder = "\(NSTemporaryDirectory())/swiftgan-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var text = "x,city,y\n"
        for row in 0..<2_000 {
            let city = row / 10 % 10 < 7 ? "a" : row / 10 % 10 < 9 ? "b" : "c"
            text += "\(row * 37 % 1_999),\(city),\(row % 4 == 0 ? "" : "\(row * 3 % 997)")\n"
        }
        try text.write(toFile: "\(folder)/t.csv", atomically: true, encoding: .utf8)
        let encoder = try TableRows(
            path: "\(folder)/t.csv", kinds: [:], schemaName: "t.schema.yaml", isHeldOut: false,
            isStrict: false
        ).encoder
        #expect(encoder.form == form)
        // A generator that prefers c, hardly ever draws a, and whose numbers crowd.
        let count = 8_000
        var scores: [Float] = []
        for row in 0..<count {
            let draws = random.normal(form.width, at: .init(.samples, position: row))
            scores += [
                0.1 * draws[0] + 0.8, draws[1] - 3, draws[2], draws[3] + 2, draws[4] - 2, draws[5],
                draws[6] * 0.01,
            ]
        }
        let rows = RowCalibration(encoder, scores: scores).rows(scores)
        func share(_ place: Int) -> Float {
            (0..<count).reduce(0) { $0 + rows[$1 * form.width + place] } / Float(count)
        }
        for (place, wanted) in [(1, 0.7), (2, 0.2), (3, 0.1), (4, 0.2778), (5, 0.7222)] {
            #expect(abs(share(place) - Float(wanted)) < 0.002, "\(place): \(share(place))")
        }
        let numbers = (0..<count).map { rows[$0 * form.width] }.sorted()
        for (rank, number) in numbers.enumerated() {
            #expect(abs(number - (2 * Float(rank) / Float(count) - 1)) < 0.01)
        }
    }
}

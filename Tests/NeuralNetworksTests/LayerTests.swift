import NeuralNetworks
import Tensors
import Testing

@Suite("Layers")
struct LayerTests {
    private let random = RandomSource(seed: 6)

    /// A layer as a network of its own, and the example shape that it takes.
    struct Case: Sendable {
        let name: String
        let input: Shape
        let build: @Sendable (inout ParameterTree) -> any Layer
    }

    static let cases: [Case] = [
        .init(name: "1-D convolution", input: [3, 9]) {
            Convolution(
                &$0, "c", from: 3, to: 4, kernel: 3, dimensions: 1, stride: 2, hasBias: true)
        },
        .init(name: "3-D convolution in groups", input: [4, 3, 3, 3]) {
            Convolution(&$0, "c", from: 4, to: 2, kernel: 2, dimensions: 3, groups: 2)
        },
        .init(name: "transposed convolution", input: [2, 3, 3]) {
            TransposedConvolution(
                &$0, "t", from: 2, to: 3, kernel: 4, stride: 2, padding: 1, hasBias: true)
        },
        .init(name: "equalized linear", input: [5]) {
            Linear(&$0, "l", from: 5, to: 3, scaling: .equalized)
        },
        .init(name: "layer normalization", input: [3, 4]) {
            ExampleNormalization(&$0, "n", over: .layer, channels: 3)
        },
        .init(name: "instance normalization", input: [2, 3, 4]) {
            ExampleNormalization(&$0, "n", over: .instance, channels: 2)
        },
        .init(name: "pixel normalization", input: [4, 3, 2]) {
            Sequential(Convolution(&$0, "c", from: 4, to: 3, kernel: 1), PixelNormalization())
        },
        .init(name: "gru", input: [4, 3]) { Recurrent(&$0, "r", cell: .gru, from: 3, units: 2) },
        .init(name: "lstm", input: [3, 2]) { Recurrent(&$0, "r", cell: .lstm, from: 2, units: 2) },
        .init(name: "oscillators", input: [3]) {
            Oscillators(&$0, "o", from: 3, count: 2, time: 4)
        },
        .init(name: "checkpointed", input: [3]) {
            Checkpointed(
                Sequential(
                    Linear(&$0, "a", from: 3, to: 4), Tanh(), Linear(&$0, "b", from: 4, to: 2)))
        },
    ]

    @Test("An oscillator keeps its size and turns by the same angle from step to step")
    func oscillators() {
        let network = SingleModule("n") { Oscillators(&$0, "o", from: 3, count: 1, time: 9) }
        let buffer = network.initialWeights(random, number: 0)
        let pass = ForwardPass(
            network.weights(in: buffer), .evaluation, isDifferentiable: false)
        let states = network(Tensor([0.5, -1, 2], shape: [1, 3]), pass).value.scalars
        let points = (0..<9).map { SIMD2(Double(states[2 * $0]), Double(states[2 * $0 + 1])) }
        let sizes = points.map { ($0 * $0).sum() }
        let cosines = zip(points, points.dropFirst()).map { ($0 * $1).sum() / sizes[0] }
        for size in sizes { #expect(abs(size / sizes[0] - 1) < 1e-5) }
        for cosine in cosines { #expect(cosine < 0.9999 && abs(cosine - cosines[0]) < 1e-5) }
    }

    @Test("Gradients for weights are those of differences", arguments: cases.map(\.name))
    func gradients(name: String) throws {
        let layer = try #require(Self.cases.first { $0.name == name })
        let network = SingleModule("n") { layer.build(&$0) }
        let buffer = network.initialWeights(random, number: 0)
        let shape = Shape([2] + layer.input)
        let input = Tensor(random.normal(shape.elementCount, at: .init(.data)), shape: shape)
        func loss() -> (Tensor, ForwardPass) {
            let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: true)
            return ((network(input, pass) * 0.5).tanh().sum(), pass)
        }
        let (value, pass) = loss()
        let found = network.weightGradients(of: [value], upstream: [Tensor(1)], from: pass)
        let message = network.message(found, from: pass, network.weights(in: buffer))
        for index in network.range(of: .weight) {
            let before = buffer.pointer[index]
            buffer.pointer[index] = before + 1e-2
            let above = loss().0.scalar
            buffer.pointer[index] = before - 1e-2
            let below = loss().0.scalar
            buffer.pointer[index] = before
            #expect(abs(message.scalars[index] - (above - below) / 2e-2) < 1e-2, "\(name) \(index)")
        }
    }

    @Test("A checkpointed layer differentiates twice, as the layer itself does")
    func checkpointedTwice() {
        let slopes = [false, true].map { isCheckpointed in
            let network = SingleModule("n") { tree in
                let inner = Sequential(
                    Linear(&tree, "a", from: 3, to: 4), Tanh(), Linear(&tree, "b", from: 4, to: 1))
                return isCheckpointed ? Checkpointed(inner) : inner
            }
            let buffer = network.initialWeights(random, number: 0)
            let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: true)
            let input = Tensor.variable(NDArray([0.3, -0.2, 0.9], shape: [1, 3]))
            let score = network(input.tanh(), pass).sum()
            let slope = gradient(of: score, withRespectTo: input, isDifferentiable: true)
            return network.weightGradients(
                of: [slope.squared().sum()], upstream: [Tensor(1)], from: pass
            ).map { $0?.value.scalars }
        }
        #expect(slopes[0] == slopes[1] && slopes[0].contains { $0 != nil })
    }

    @Test("Spectral normalization brings the largest singular value to one")
    func spectral() {
        let network = SingleModule("n") { Linear(&$0, "l", from: 2, to: 2, scaling: .spectral) }
        let buffer = network.initialWeights(random, number: 0)
        let weights = network.range(of: .weight)
        for (index, value) in zip(weights, [3, 0, 0, 1, 0, 0] as [Float]) {
            buffer.pointer[index] = value
        }
        let statistics = network.range(of: .statistic)
        for _ in 0..<20 {
            let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: true)
            let output = network(Tensor([1, 0], shape: [1, 2]), pass)
            let gradients = network.weightGradients(
                of: [output.sum()], upstream: [Tensor(1)], from: pass)
            let message = network.message(gradients, from: pass, network.weights(in: buffer))
            for index in statistics { buffer.pointer[index] = message.pointer[index] }
        }
        let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: false)
        let output = network(Tensor([1, 1], shape: [1, 2]), pass).value.scalars
        #expect(abs(output[0] - 1) < 1e-4 && abs(output[1] - 1.0 / 3) < 1e-4)
    }

    @Test("Dropout drops by place, not by time, and does nothing in evaluation")
    func dropout() {
        let network = SingleModule("n") { _ in Dropout(share: 0.25) }
        let weights = network.weights(in: network.initialWeights(random, number: 0))
        let ones = Tensor(NDArray(repeating: 1, shape: [4, 1000]))
        func dropped(_ positions: Range<Int>, iteration: Int) -> [Float] {
            let noise = ForwardPass.Noise(
                random, at: .init(.layers, iteration: iteration), positions: positions)
            let pass = ForwardPass(weights, .training, isDifferentiable: false, noise: noise)
            return network(ones, pass).value.scalars
        }
        let first = dropped(0..<4, iteration: 3)
        #expect(first == dropped(0..<4, iteration: 3) && first != dropped(0..<4, iteration: 4))
        // Rows belong to positions, whichever leaf holds them.
        #expect(Array(first[2000...]) == Array(dropped(2..<6, iteration: 3)[..<2000]))
        let share = Float(first.count { $0 == 0 }) / 4000
        #expect(
            abs(share - 0.25) < 0.03 && first.allSatisfy { $0 == 0 || abs($0 - 4.0 / 3) < 1e-6 })
        let still = ForwardPass(weights, .evaluation, isDifferentiable: false)
        #expect(network(ones, still).value.scalars == ones.value.scalars)
    }

    @Test("An embedding gives each class its vector")
    func embedding() {
        let box = Box()
        let network = SingleModule("n") { tree in
            box.embedding = Embedding(&tree, "e", count: 3, features: 2)
            return Sequential()
        }
        let buffer = network.initialWeights(random, number: 0)
        let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: true)
        let rows = box.embedding?([2, 0, 2], pass)
        let table = Array(buffer.scalars[..<6])
        #expect(rows?.value.scalars == Array(table[4...] + table[..<2] + table[4...]))
    }

    private final class Box { var embedding: Embedding? }
}

import NeuralNetworks
import Tensors
import Testing

@Suite("Networks over flat buffers")
struct NetworkTests {
    private let network = Network("test") { tree in
        Sequential(
            Linear(&tree, "first", from: 3, to: 5), BatchNormalization(&tree, "norm", channels: 5),
            Tanh(),
            Linear(&tree, "second", from: 5, to: 1))
    }
    private let random = RandomSource(seed: 3)

    @Test("Weights come first, then statistics, then measures")
    func layout() {
        let names = network.layout.map(\.entry.name)
        #expect(
            names == [
                "first.weight", "first.bias", "norm.scale", "norm.shift", "second.weight",
                "second.bias",
                "norm.mean", "norm.variance", "loss",
            ])
        #expect(network.range(of: .weight) == 0..<36)
        #expect(network.range(of: .statistic) == 36..<46)
        #expect(network.range(of: .measure) == 46..<47)
        #expect(network.count == 47)
    }

    @Test("Initial weights are a function of the seed and the network's number")
    func initialWeights() {
        let weights = network.initialWeights(random, number: 0).scalars
        #expect(weights == network.initialWeights(random, number: 0).scalars)
        #expect(weights != network.initialWeights(random, number: 1).scalars)
        #expect(weights != network.initialWeights(RandomSource(seed: 4), number: 0).scalars)
    }

    @Test("The message holds the gradient of each weight, what passes observed, and the measures")
    func message() {
        let buffer = network.initialWeights(random, number: 0)
        let input = Tensor(random.normal(12, at: .init(.data)), shape: [4, 3])
        func loss(_ buffer: Storage) -> (Tensor, ForwardPass) {
            let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: true)
            return (network(input, pass).squared().mean(), pass)
        }
        let (value, pass) = loss(buffer)
        let gradients = network.weightGradients(of: [value], upstream: [Tensor(1)], from: pass)
        let message = network.message(gradients, measures: [value.scalar], from: pass)
        #expect(message.scalars[46] == value.scalar)
        for index in 0..<36 {
            let before = buffer.pointer[index]
            buffer.pointer[index] = before + 1e-2
            let above = loss(buffer).0.scalar
            buffer.pointer[index] = before - 1e-2
            let below = loss(buffer).0.scalar
            buffer.pointer[index] = before
            #expect(abs(message.scalars[index] - (above - below) / 2e-2) < 5e-3, "weight \(index)")
        }
        #expect(message.scalars[36..<46].allSatisfy { $0.isFinite && $0 != 0 })
    }

    @Test("In evaluation, an example's result does not depend on its batch")
    func evaluation() {
        let weights = network.weights(in: network.initialWeights(random, number: 0))
        let inputs = random.normal(12, at: .init(.data))
        func outputs(_ rows: Range<Int>) -> [Float] {
            let pass = ForwardPass(weights, .evaluation, isDifferentiable: false)
            let part = Array(inputs[(rows.lowerBound * 3)..<(rows.upperBound * 3)])
            return network(Tensor(part, shape: [rows.count, 3]), pass).value.scalars
        }
        for (whole, alone) in zip(outputs(0..<4), (0..<4).flatMap { outputs($0..<($0 + 1)) }) {
            #expect(abs(whole - alone) < 1e-6)
        }
    }
}

import NeuralNetworks
import Tensors
import Testing

@Suite("Networks over flat buffers")
struct NetworkTests {
    private let network: Network
    private let module: any Layer
    private let loss: Scalar
    private let random = RandomSource(seed: 3)

    init() {
        var tree = ParameterTree()
        loss = tree.scalar("loss")
        module = Sequential(
            Linear(&tree, "first", from: 3, to: 5), BatchNormalization(&tree, "norm", channels: 5),
            Tanh(), Linear(&tree, "second", from: 5, to: 1))
        network = Network("test", tree)
    }

    @Test("Weights come first, then statistics, then scalars")
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
        #expect(network.range(of: .scalar) == 46..<47)
        #expect(network.count == 47)
    }

    @Test("Modules that share a buffer have names, and two passes' statistics their mean")
    func modules() {
        var tree = ParameterTree()
        let modules = ["a", "b"].map { name in
            tree.module(name) { BatchNormalization(&$0, "norm", channels: 2) }
        }
        let network = Network("both", tree)
        #expect(network.layout.first?.entry.name == "a.norm.scale")
        let weights = network.weights(in: network.initialWeights(random, number: 0))
        let passes = [Float(1), 3].map { value in
            let pass = ForwardPass(weights, .training, isDifferentiable: false)
            _ = modules[0](Tensor(NDArray(repeating: value, shape: [4, 2])), pass)
            return pass
        }
        let message = network.message(
            Array(repeating: nil, count: network.declaredNames.count), from: passes, weights)
        func statistic(_ name: String) -> [Float] {
            network.layout.filter { $0.entry.name == name }
                .flatMap { Array(message.scalars[$0.range]) }
        }
        #expect(statistic("a.norm.mean") == [2, 2] && statistic("b.norm.mean") == [0, 0])
    }

    @Test("Initial weights are a function of the seed and the network's number")
    func initialWeights() {
        let weights = network.initialWeights(random, number: 0).scalars
        #expect(weights == network.initialWeights(random, number: 0).scalars)
        #expect(weights != network.initialWeights(random, number: 1).scalars)
        #expect(weights != network.initialWeights(RandomSource(seed: 4), number: 0).scalars)
    }

    @Test("The message holds the gradient of each weight, what passes observed, and the scalars")
    func message() {
        let buffer = network.initialWeights(random, number: 0)
        let input = Tensor(random.normal(12, at: .init(.data)), shape: [4, 3])
        func error(_ buffer: Storage) -> (Tensor, ForwardPass) {
            let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: true)
            return (module(input, pass).squared().mean(), pass)
        }
        let (value, pass) = error(buffer)
        let gradients = network.weightGradients(of: [value], upstream: [Tensor(1)], from: pass)
        let message = network.message(
            gradients, scalars: [loss: value.scalar], from: [pass], network.weights(in: buffer))
        #expect(message.scalars[46] == value.scalar)
        for index in 0..<36 {
            let before = buffer.pointer[index]
            buffer.pointer[index] = before + 1e-2
            let above = error(buffer).0.scalar
            buffer.pointer[index] = before - 1e-2
            let below = error(buffer).0.scalar
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
            return module(Tensor(part, shape: [rows.count, 3]), pass).value.scalars
        }
        for (whole, alone) in zip(outputs(0..<4), (0..<4).flatMap { outputs($0..<($0 + 1)) }) {
            #expect(abs(whole - alone) < 1e-6)
        }
    }
}

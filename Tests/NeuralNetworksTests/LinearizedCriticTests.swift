import NeuralNetworks
import Tensors
import Testing

@Suite("A piecewise-linear critic in four passes")
struct LinearizedCriticTests {
    @Test("Scores, slopes and gradients are those of the tape")
    func agreesWithTape() {
        expectAgreement { tree in
            Sequential(
                Convolution(&tree, "image", from: 3, to: 32, kernel: 3, padding: 1, hasBias: true),
                Residual(
                    LeakyReLU(),
                    Convolution(&tree, "a", from: 32, to: 32, kernel: 3, padding: 1, hasBias: true),
                    LeakyReLU(),
                    Convolution(&tree, "b", from: 32, to: 32, kernel: 3, padding: 1, hasBias: true)),
                AveragePooling(), LeakyReLU(), BilinearUpsampling(), Flatten(),
                Linear(&tree, "hidden", from: 32 * 64, to: 5), LeakyReLU(),
                Linear(&tree, "score", from: 5, to: 1))
        }
    }

    @Test("So are those of a critic that sees the parts of an example apart before it joins them")
    func parts() {
        expectAgreement { tree in
            Sequential(
                SplitIntoParts(of: 1),
                Convolution(&tree, "part", from: 1, to: 8, kernel: 3, padding: 1, hasBias: true),
                LeakyReLU(), JoinParts(3),
                Convolution(&tree, "all", from: 24, to: 4, kernel: 3, padding: 1, hasBias: true),
                LeakyReLU(), Flatten(), Linear(&tree, "score", from: 4 * 64, to: 1))
        }
    }

    /// Compares both ways of a critic of `[3, 8, 8]`.
    private func expectAgreement(_ layers: (inout ParameterTree) -> any Layer) {
        let critic = SingleModule("critic", layers)
        #expect(critic.module.isPiecewiseLinear)
        let random = RandomSource(seed: 4)
        let buffer = critic.initialWeights(random, number: 0)
        for index in 0..<buffer.count where buffer.pointer[index] == 0 {
            buffer.pointer[index] = 0.01 * Float(index % 7 - 3)
        }
        let weights = critic.weights(in: buffer)
        let examples = NDArray(random.normal(4 * 192, at: .init(.data)), shape: [4, 3, 8, 8])
        let c = Tensor([0.5, -1, 0, 2], shape: [4, 1])
        let lambda = Tensor([1, 0.25, 3, 0], shape: [4])

        let pass = ForwardPass(weights, .training, isDifferentiable: true)
        let input = Tensor.variable(examples)
        let scores = critic(input, pass)
        let slopes = gradient(of: scores.sum(), withRespectTo: input, isDifferentiable: true)
            .sumOfSquaresOfExamples()
        let expected = critic.weightGradients(
            of: [scores, slopes], upstream: [c, lambda], from: pass)

        let short = LinearizedCritic(critic.module, examples, weights)
        #expect(isClose(short.scores, scores))
        #expect(isClose(short.squaredSlopes, slopes))
        let found = short.weightGradients(scoreGradients: c, slopeGradients: lambda)
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            switch (found, expected) {
            case (let found?, let expected?): #expect(isClose(found, expected))
            case (nil, nil): continue
            default: Issue.record("one way has a gradient, the other none")
            }
        }
    }

    @Test("Networks that bend are told apart")
    func bending() {
        let network = SingleModule("critic") { tree in
            Sequential(Linear(&tree, "only", from: 2, to: 1), Tanh())
        }
        #expect(!network.module.isPiecewiseLinear)
    }

    private func isClose(_ a: Tensor, _ b: Tensor) -> Bool {
        let scale = b.value.scalars.map(abs).max() ?? 0
        return zip(a.value.scalars, b.value.scalars).allSatisfy { abs($0 - $1) <= 2e-5 * scale }
    }
}

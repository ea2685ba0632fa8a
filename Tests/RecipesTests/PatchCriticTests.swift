import Adversarial
import NeuralNetworks
import Tensors
import Testing

@testable import Recipes

/// Critics that score patches, with units that bend smoothly: a penalty on slopes jumps where a leaky unit turns, and
/// differences do not tell of that.
@Suite("A critic of patches")
struct PatchCriticTests {
    private static let latents = 3
    private let random = RandomSource(seed: 12)

    /// - Parameter penalty: The weight of R1 and of R2.
    private func step(_ objective: Objective, penalty: Float) -> GameStep {
        let critic = CriticSettings {
            $0.objective = objective
            $0.r1 = penalty
            $0.r2 = penalty
        }
        return GameStep(random) {
            LatentGame(
                &$0, LatentGame.Design(field: "image", latentSize: Self.latents), critic,
                critic: { tree in
                    Sequential(
                        Convolution(
                            &tree, "down", from: 1, to: 6, kernel: 4, stride: 2, padding: 1,
                            hasBias: true),
                        Tanh(), PatchScores(&tree, "scores", from: 6))
                },
                generator: { tree in
                    Sequential(
                        Linear(&tree, "image", from: Self.latents, to: 64), Reshape(to: [1, 8, 8]),
                        Tanh())
                })
        }
    }

    private func message(_ step: GameStep, _ buffers: Sides<Storage>, side size: Int = 8) throws
        -> [Float]
    {
        let weights = Sides(
            discriminator: step.networks.discriminator.weights(in: buffers.discriminator),
            generator: step.networks.generator.weights(in: buffers.generator))
        let reals = random.uniform(3 * size * size, at: .init(.data), in: -1..<1)
        let leaf = Leaf(
            step, Turn(.discriminator, iteration: 0), positions: 0..<3, weights: { weights[$0] },
            reals: { ["image": Tensor(reals, shape: [3, 1, size, size])] })
        return try step.message(of: leaf).scalars
    }

    private func buffers(_ step: GameStep) -> Sides<Storage> {
        Sides(
            discriminator: step.networks.discriminator.initialWeights(random, number: 0),
            generator: step.networks.generator.initialWeights(random, number: 1))
    }

    @Test(
        "Its gradients are those of differences, penalties on slopes included",
        arguments: [Objective.leastSquares, .hinge, .relativistic], [Float(0), 1])
    func gradients(objective: Objective, penalty: Float) throws {
        let step = step(objective, penalty: penalty)
        let buffers = buffers(step)
        try expectGradients(
            of: step.networks.discriminator, in: buffers.discriminator,
            try message(step, buffers)
        ) { try message(step, buffers) }
    }

    @Test("A penalty is that of the sum of an example's scores, by how many there are")
    func penalty() throws {
        let buffers = buffers(step(.leastSquares, penalty: 0))
        let loss = { (penalty: Float) in
            let step = step(.leastSquares, penalty: penalty)
            let message = try message(step, buffers)
            return message[step.networks.discriminator.range(of: .scalar).lowerBound]
        }
        // 16 patches of a critic whose score is a sum over one tap: each pixel's slope is its tap times one weight.
        let weights = buffers.discriminator
        for index in 0..<weights.count { weights.pointer[index] = 0 }
        let layout = step(.leastSquares, penalty: 0).networks.discriminator.layout
        func set(_ name: String, _ offset: Int, _ value: Float) {
            for (entry, range) in layout where entry.name == name {
                weights.pointer[range.lowerBound + offset] = value
            }
        }
        // Channel 0 sees the pixel at row 1, column 1 of each window, hardly bent.
        set("down.weight", 5, 1e-3)
        set("scores.weight", 0, 2_000)
        let found = try loss(1) - loss(0)
        // Reals and fakes: γ/2 · 16 pixels of slope 2, squared, over 16 patches, each.
        #expect(abs(found - 4) < 1e-2, "\(found)")
    }
}

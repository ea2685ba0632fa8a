import Adversarial
import Datasets
import NeuralNetworks
import Tensors
import Testing

@testable import Recipes

@Suite("Further pictures of a class, made of one")
struct VariationsTests {
    private let random = RandomSource(seed: 6)
    private let step: GameStep
    private let buffers: Sides<Storage>

    init() {
        let (random, field) = (random, Field.image([1, 16, 16]))
        let settings = VariationsSettings {
            ($0.width, $0.noiseSize) = (2, 3)
            // So large that a wrong gradient of the divergence would be seen.
            $0.divergenceWeight = 2
        }
        step = GameStep(random) {
            // Slopes jump at kinks, so that differences say nothing of penalties; those have tests of their own.
            Variations(
                &$0, settings, field, critic: CriticSettings { $0.objective = .relativistic })
        }
        buffers = Sides(
            discriminator: step.networks.discriminator.unevenWeights(random, number: 0),
            generator: step.networks.generator.unevenWeights(random, number: 1))
    }

    /// Smooth pictures, `[2, 1, 16, 16]`.
    private func pictures(_ number: Int) -> Tensor {
        Tensor(
            random.uniform(2 * 16, at: .init(.data, position: number), in: -1..<1),
            shape: [2, 1, 4, 4]
        ).resampledBilinear(height: 16, width: 16)
    }

    private func message(_ turn: Turn) throws -> [Float] {
        let leaf = Leaf(
            step, turn, positions: 0..<2,
            weights: { step.networks[$0].weights(in: buffers[$0]) },
            reals: { ["image": pictures(0), "given": pictures(1)] })
        return try step.message(of: leaf).scalars
    }

    @Test(
        "The gradients of both sides are those of differences",
        arguments: [Side.discriminator, .generator])
    func gradients(of side: Side) throws {
        let turn = Turn(side, iteration: 3)
        try expectGradients(
            of: step.networks[side], in: buffers[side], try message(turn), longest: 0.001
        ) {
            try message(turn)
        }
    }

    @Test("What is made of a picture is decided by the noise of its number alone")
    func numbers() throws {
        func made(_ numbers: Range<Int>) throws -> [Float] {
            let same = pictures(0).gathered(numbers.map { _ in 0 })
            return try step.samples(
                numbers, Draw(seed: 3), given: ["given": same],
                weights: step.networks.generator.weights(in: buffers.generator), after: 0)["image"]
                .value.scalars
        }
        let all = try made(0..<3)
        #expect(try made(1..<3) == Array(all.suffix(2 * 256)))
        #expect(all.prefix(256) != all.suffix(256))
    }

    @Test("Noise that is encoded of a pair shows the pair's second picture in the loss alone")
    func fakes() throws {
        // The partner is not given away to what samples are made of.
        let weights = step.networks.generator.weights(in: buffers.generator)
        func made(_ partner: Int) throws -> [Float] {
            try step.samples(
                0..<2, Draw(seed: 3), given: ["given": pictures(1), "image": pictures(partner)],
                weights: weights, after: 0)["image"].value.scalars
        }
        #expect(try made(0) == made(2))
    }
}

import Adversarial
import Datasets
import NeuralNetworks
import Tensors
import Testing

@testable import Recipes

@Suite("Clips of things that move")
struct MotionAndContentTests {
    private let random = RandomSource(seed: 4)
    private static let frames = 8
    private static let side = 16

    private func step(_ kind: MotionAndContentSettings.Critics) -> GameStep {
        GameStep(random) {
            MotionAndContent(
                &$0, .clip([Self.frames, 1, Self.side, Self.side]),
                MotionAndContentSettings {
                    $0.critics = kind
                    $0.contentSize = 3
                    $0.motionSize = 2
                    $0.width = 2
                    $0.sampledFrames = 6
                },
                // Slopes jump at kinks, so that differences say nothing of penalties.
                critics: CriticSettings { $0.objective = .relativistic })
        }
    }

    private func weights(_ step: GameStep) -> Sides<Storage> {
        Sides(
            discriminator: step.networks.discriminator.initialWeights(random, number: 0),
            generator: step.networks.generator.initialWeights(random, number: 1))
    }

    private func message(_ step: GameStep, _ turn: Turn, _ buffers: Sides<Storage>) throws
        -> [Float]
    {
        let shape: Shape = [2, Self.frames, 1, Self.side, Self.side]
        let clips = Tensor(
            random.uniform(shape.elementCount, at: .init(.data), in: -1..<1), shape: shape)
        let leaf = Leaf(
            step, turn, positions: 0..<2,
            weights: { step.networks[$0].weights(in: buffers[$0]) }, reals: { ["clip": clips] })
        return try step.message(of: leaf).scalars
    }

    @Test(
        "The gradients of both sides are those of differences",
        arguments: MotionAndContentSettings.Critics.allCases)
    func gradients(critics: MotionAndContentSettings.Critics) throws {
        let step = step(critics)
        let buffers = weights(step)
        for side in [Side.discriminator, .generator] {
            let turn = Turn(side, iteration: 3)
            try expectGradients(
                of: step.networks[side], in: buffers[side], try message(step, turn, buffers),
                longest: 0.001
            ) { try message(step, turn, buffers) }
        }
    }

    private func samples(_ numbers: Range<Int>, _ draw: Draw) throws -> Examples {
        let step = step(.fewFrames)
        let weights = step.networks.generator.weights(in: weights(step).generator)
        return try step.samples(numbers, draw, weights: weights, after: 0)
    }

    @Test("A sample depends on its number alone, and has all frames")
    func numbers() throws {
        let all = try samples(0..<3, Draw(seed: 3))["clip"]
        #expect(all.shape == [3, Self.frames, 1, Self.side, Self.side])
        let last = try samples(2..<3, Draw(seed: 3))["clip"].value.scalars
        #expect(Array(all.value.scalars.suffix(last.count)) == last)
    }

    @Test("Motion has a seed of its own; without one it follows the seed")
    func motionSeed() throws {
        var draw = Draw(seed: 3)
        let own = try samples(0..<1, draw)
        draw.motionSeed = 3
        #expect(try samples(0..<1, draw)["clip"].value.scalars == own["clip"].value.scalars)
        draw.motionSeed = 4
        let moved = try samples(0..<1, draw)
        #expect(moved["clip"].value.scalars != own["clip"].value.scalars)
        // The motion that was not asked for is drawn as before, and with it the same thing.
        #expect(moved["same-thing"].value.scalars == own["same-thing"].value.scalars)
    }
}

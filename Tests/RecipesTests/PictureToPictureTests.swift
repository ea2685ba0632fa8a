import Adversarial
import NeuralNetworks
import Tensors
import Testing

@testable import Recipes

@Suite("Pictures made of what is given of them")
struct PictureToPictureTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case inpainting, colouring, lines

        var testDescription: String { rawValue }

        func game(_ parameters: inout GameParameters) -> any Game {
            func made<Task: PictureTask>(_ task: Task) -> any Game {
                PictureToPicture(
                    &parameters, task, "image", PictureToPictureSettings { $0.width = 2 },
                    // Slopes jump at kinks, so that differences say nothing of penalties; those have tests of their own.
                    critic: CriticSettings { $0.objective = .relativistic })
            }
            return switch self {
            case .inpainting: made(Inpainting())
            case .colouring: made(Colouring())
            case .lines: made(Lines())
            }
        }
    }

    private let random = RandomSource(seed: 4)
    private let side = 16

    private func step(_ kind: Kind) -> GameStep { GameStep(random) { kind.game(&$0) } }

    /// Smooth pictures, `[count, 3, side, side]`.
    private func pictures(_ count: Int) -> Tensor {
        let coarse = Tensor(
            random.uniform(count * 3 * 16, at: .init(.data), in: -1..<1), shape: [count, 3, 4, 4])
        return coarse.resampledBilinear(height: side, width: side)
    }

    private func weights(_ step: GameStep) -> Sides<Storage> {
        Sides(
            discriminator: step.networks.discriminator.unevenWeights(random, number: 0),
            generator: step.networks.generator.unevenWeights(random, number: 1))
    }

    private func message(
        _ step: GameStep, _ turn: Turn, _ buffers: Sides<Storage>, _ positions: Range<Int> = 0..<2
    ) throws -> [Float] {
        let all = pictures(4)
        let leaf = Leaf(
            step, turn, positions: positions,
            weights: { step.networks[$0].weights(in: buffers[$0]) },
            reals: { ["image": all.sliced(0, positions)] })
        return try step.message(of: leaf).scalars
    }

    private func samples(_ step: GameStep, _ count: Int) throws -> Examples {
        let weights = step.networks.generator.weights(in: weights(step).generator)
        return try step.samples(
            0..<count, Draw(seed: 3), given: ["image": pictures(count)], weights: weights, after: 0)
    }

    @Test("The gradients of both sides are those of differences", arguments: Kind.allCases)
    func gradients(of kind: Kind) throws {
        let step = step(kind)
        let buffers = weights(step)
        for side in [Side.discriminator, .generator] {
            let turn = Turn(side, iteration: 3)
            try expectGradients(
                of: step.networks[side], in: buffers[side], try message(step, turn, buffers)
            ) { try message(step, turn, buffers) }
        }
    }

    @Test("What is drawn for a picture depends on its position alone", arguments: Kind.allCases)
    func positions(of kind: Kind) throws {
        let step = step(kind)
        let all = try samples(step, 4)["given"].value.scalars
        let weights = step.networks.generator.weights(in: weights(step).generator)
        let last = try step.samples(
            2..<4, Draw(seed: 3), given: ["image": pictures(4).sliced(0, 2..<4)], weights: weights,
            after: 0)["given"].value.scalars
        #expect(Array(all.suffix(last.count)) == last)
    }

    @Test("Around a hole a picture stays as it is, bit for bit")
    func holes() throws {
        let made = try samples(step(.inpainting), 4)
        let hole = made["given"].sliced(1, 3..<4)
        let holes = hole.value.scalars
        #expect(holes.contains(1) && holes.contains(0))
        let around = Array(((made["image"] - pictures(4)) * (1 - hole)).value.scalars)
        #expect(around.allSatisfy { $0 == 0 })
        // What is in the hole is not given away: another picture there changes nothing.
        let task = Inpainting()
        let other = pictures(4) * (1 - hole) + hole
        #expect(
            task.given(other, hole: hole).value.scalars
                == task.given(pictures(4), hole: hole).value.scalars)
    }

    @Test(
        "A hole is filled smoothly first: an even picture stays even, and a slope stays between its ends"
    )
    func smooth() {
        let hole = Tensor((0..<256).map { (64..<192).contains($0) ? 1 : 0 }, shape: [1, 1, 16, 16])
        let even = Tensor([Float](repeating: 0.25, count: 768), shape: [1, 3, 16, 16])
        let filled = Inpainting().given(even, hole: hole).sliced(1, 0..<3).value.scalars
        #expect(filled.allSatisfy { abs($0 - 0.25) < 1e-6 })
        let slope = Tensor((0..<768).map { Float($0 % 256 / 16) / 15 }, shape: [1, 3, 16, 16])
        let column = Inpainting().given(slope, hole: hole).value.scalars
        for row in 1..<16 { #expect(column[row * 16] >= column[row * 16 - 16] - 1e-6) }
        #expect(column[8 * 16] > 0.35 && column[8 * 16] < 0.65)
    }

    @Test(
        "Of 2,000 holes each is one, and half of them take from a tenth to two fifths of the picture"
    )
    func holeSizes() {
        let draws = (0..<2_000).map {
            RandomSource(seed: 1).uniform(Holes.draws, at: .init(.tasks, position: $0))
        }
        let masks = Holes.masks(draws, height: 32, width: 32).mean(over: [1, 2, 3]).value.scalars
        #expect(masks.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(masks.count { (0.1...0.4).contains($0) } > 1_000)
    }

    @Test("A coloured picture has the lightness of the grey one")
    func lightness() throws {
        let made = try samples(step(.colouring), 3)
        let before = LabColour.scaled(pictures(3)).sliced(1, 0..<1).value.scalars
        #expect(made["made"].sliced(1, 0..<1).value.scalars == before)
    }

    @Test(
        "Colours have the values of the standard, and come back",
        arguments: [
            (SIMD3<Float>(1, 1, 1), SIMD3<Float>(100, 0, 0)),
            (SIMD3(1, 0, 0), SIMD3(53.24, 80.09, 67.20)),
            (SIMD3(0, 0, 1), SIMD3(32.30, 79.19, -107.86)),
            (SIMD3(0.5, 0.5, 0.5), SIMD3(53.39, 0, 0)),
            (SIMD3(0.1254902, 0.3137255, 0.8156863), SIMD3(38.89, 32.66, -70.16)),
        ])
    func colours(_ rgb: SIMD3<Float>, _ expected: SIMD3<Float>) {
        let lab = LabColour.lab(rgb)
        let back = LabColour.rgb(lab)
        for channel in 0..<3 {
            #expect(abs(lab[channel] - expected[channel]) < 0.15, "\(lab)")
            #expect(abs(back[channel] - rgb[channel]) < 0.004, "\(back)")
        }
    }

    @Test("A drawing is white where a picture is even, and black at a sharp edge")
    func drawing() {
        let values = (0..<3 * 8 * 8).map { $0 % 8 < 4 ? Float(-1) : 1 }
        let drawing = Lines.drawing(of: Tensor(values, shape: [1, 3, 8, 8])).value.scalars
        for (place, value) in drawing.enumerated() {
            #expect(value == ([3, 4].contains(place % 8) ? -1 : 1))
        }
    }
}

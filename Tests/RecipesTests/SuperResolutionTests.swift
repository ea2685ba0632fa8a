import Adversarial
import Datasets
import Foundation
import NeuralNetworks
import Tensors
import Testing

@testable import Recipes

@Suite("Super-resolution")
struct SuperResolutionTests {
    private let random = RandomSource(seed: 9)
    private let step: GameStep
    private let field = Field.image([3, 16, 16])

    init() {
        var settings = SuperResolutionSettings()
        (settings.factor, settings.width, settings.depth, settings.pixelIterations) = (2, 8, 2, 4)
        let field = field
        step = GameStep(random) {
            SuperResolution(
                &$0, settings, field,
                critic: CriticSettings {
                    $0.objective = .relativistic
                    $0.r1 = 1
                    $0.r2 = 1
                })
        }
    }

    private func message(_ turn: Turn, _ buffers: Sides<Storage>) throws -> [Float] {
        let weights = Sides(
            discriminator: step.networks.discriminator.weights(in: buffers.discriminator),
            generator: step.networks.generator.weights(in: buffers.generator))
        let reals = random.uniform(
            2 * field.shape.elementCount, at: .init(.data), in: -1..<1)
        let leaf = Leaf(
            step, turn, positions: 0..<2, weights: { weights[$0] },
            reals: { [field] in
                [field.name: Tensor(reals, shape: Shape([2] + field.shape))]
            })
        return try step.message(of: leaf).scalars
    }

    /// New weights; the last layer's, which begin with nothing, are not left so.
    private func buffers() -> Sides<Storage> {
        Sides(
            discriminator: step.networks.discriminator.initialWeights(random, number: 0),
            generator: {
                let buffer = step.networks.generator.initialWeights(random, number: 1)
                for index in 0..<buffer.count where buffer.pointer[index] == 0 {
                    buffer.pointer[index] = 0.01 * Float(index % 7 - 3)
                }
                return buffer
            }())
    }

    @Test("A folder holds pictures and a file is a font, whatever their names end in")
    func data() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: place) }
        let folder = place.appending(path: "pictures.ttf")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let font = place.appending(path: "pictures")
        try Data("no font".utf8).write(to: font)
        for (path, words) in [
            (folder.path(), "found an empty folder"), (font.path(), "a font with PNG pictures"),
            (place.path() + "/none.ttf", "expected a folder of PNG, JPEG or WebP files"),
        ] {
            let error = try #require(throws: DataError.self) {
                let recipe = Recipe.superResolution
                _ = try Run.openData(recipe, recipe.defaults, DataRequest(path: path))
            }
            #expect("\(error)".contains(words), "\(error)")
        }
    }

    @Test("The critic rests in the first phase, and then takes turns")
    func phases() {
        let sides = (0..<8).map { step.schedule.turn(at: $0) }
        #expect(sides.prefix(4).allSatisfy { $0.side == .generator && $0.phase == "pixels" })
        #expect(
            sides[4...].map(\.side) == [.discriminator, .generator, .discriminator, .generator])
    }

    @Test("In the beginning a picture is a bilinear enlargement of what it was reduced to")
    func beginning() throws {
        let weights = step.networks.generator.weights(
            in: step.networks.generator.initialWeights(random, number: 1))
        let picture = Tensor(
            random.uniform(field.shape.elementCount, at: .init(.data)),
            shape: Shape([1] + field.shape))
        let made = try step.samples(
            0..<1, Draw(seed: 0), given: ["image": picture], weights: weights, after: 0)["image"]
        let expected = picture.resampledBicubic(height: 8, width: 8).upsampledBilinear()
        #expect(made.value.scalars == expected.value.scalars)
    }

    @Test(
        "The enlarger's gradients are those of differences, with the critic and without",
        arguments: [
            Turn(.generator, iteration: 0, phase: "pixels"),
            Turn(.generator, iteration: 5, phase: "adversarial"),
        ])
    func gradients(turn: Turn) throws {
        let buffers = buffers()
        try expectGradients(
            of: step.networks[turn.side], in: buffers[turn.side], try message(turn, buffers)
        ) { try message(turn, buffers) }
    }

    @Test("Without a turn of the critic's, the critic's weights have no part")
    func resting() throws {
        let buffers = buffers()
        let turn = Turn(.generator, iteration: 0, phase: "pixels")
        let before = try message(turn, buffers)
        for index in 0..<buffers.discriminator.count { buffers.discriminator.pointer[index] = .nan }
        #expect(try message(turn, buffers) == before)
    }
}

import Adversarial
import Foundation
import NeuralNetworks
import Pictures
import Tensors
import Testing

@testable import PictureEditing

/// A game that is only applied.
private protocol AppliedGame: Game {}

extension AppliedGame {
    var phases: [Phase] { [Phase(repeats: Sides(discriminator: 0, generator: 1))] }
    func fakes(_ leaf: Leaf) throws -> Examples { [:] }
    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {}
    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] { [] }
}

/// Convolutions with random weights, then a doubling.
private struct Doubling: AppliedGame, EnlargesPictures {
    let factor = 2
    let reach = 4
    let layers: Sequential

    init(_ parameters: inout GameParameters) {
        layers = Sequential(
            Convolution(
                &parameters.generator, "first", from: 3, to: 16, kernel: 3, padding: 1,
                initially: .normal(deviation: 0.2)), LeakyReLU(),
            Convolution(
                &parameters.generator, "second", from: 16, to: 12, kernel: 3, padding: 1,
                initially: .normal(deviation: 0.1)), PixelShuffle(), Tanh())
    }

    func enlarged(_ picture: Tensor, _ pass: ForwardPass) -> Tensor { layers(picture, pass) }
}

/// Fills with white, and colours all of it red, whose lightness it takes for the first channel.
private struct Painter: AppliedGame, FillsHoles, ColoursPictures {
    let sideMultiple = 8

    func filled(_ picture: Tensor, hole: Tensor, _ pass: ForwardPass) -> Tensor {
        picture * (1 - hole) + hole
    }

    func coloured(_ picture: Tensor, hints: Tensor, given: Tensor, _ pass: ForwardPass) -> Tensor {
        hints * given
    }

    func combined(lightnessOf picture: Tensor, coloursOf other: Tensor) -> Tensor { other }
}

@Suite("Pictures changed by generators")
struct PictureEditingTests {
    private let folder: String
    private let random = RandomSource(seed: 6)

    init() throws {
        folder = NSTemporaryDirectory() + "editing-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    /// A picture of blots, written and read again.
    private func picture(_ width: Int, _ height: Int, hasAlpha: Bool = false, bits: Int = 8) throws
        -> EditablePicture
    {
        let form = PictureForm(isGrey: false, hasAlpha: hasAlpha, bits: bits)
        let path = "\(folder)/\(width)x\(height).png"
        let writer = try PictureWriter(
            path: path, width: width, height: height, form: form, inputs: [])
        let coarse = Tensor(
            random.uniform(form.planes * 64, at: .init(.data), in: -1..<1),
            shape: [1, form.planes, 8, 8])
        try writer.write(coarse.resampledBilinear(height: height, width: width).value.scalars)
        try writer.finish()
        return try EditablePicture(path: path)
    }

    private func generator<Kind>(_ lanes: Int, _ game: (inout GameParameters) -> any Game)
        throws -> Generator<Kind>
    {
        let step = GameStep(random) { game(&$0) }
        let network = step.networks.generator
        return Generator(
            try #require(step.game as? Kind),
            network.weights(in: network.initialWeights(random, number: 1)), .float32, lanes: lanes)
    }

    private func painter<Kind>() throws -> Generator<Kind> {
        try generator(2) { _ in Painter() }
    }

    @Test(
        "Tiles give the whole picture to the last rounding, on any number of lanes",
        arguments: [(600, 270), (253, 17), (16, 505), (1, 1)])
    func tiles(width: Int, height: Int) throws {
        let picture = try picture(width, height, hasAlpha: true)
        func enlarged(_ lanes: Int) throws -> [[Float]] {
            let generator: Generator<any EnlargesPictures> = try generator(lanes) { Doubling(&$0) }
            var strips: [[Float]] = []
            generator.enlarge(picture) { strips.append($0) }
            return strips
        }
        let strips = try enlarged(1)
        #expect(try enlarged(2) == strips)
        let whole: Generator<any EnlargesPictures> = try generator(1) { Doubling(&$0) }
        let seen = Tensor(
            picture.region(x: 0..<width, y: 0..<height), shape: [1, 4, height, width])
        let colours = whole { game, pass in game.enlarged(seen.sliced(1, 0..<3), pass) }
        let opacity = seen.sliced(1, 3..<4).resampledBicubic(height: 2 * height, width: 2 * width)
        let expected = Tensor.concatenated([colours, opacity], along: 1)
        var row = 0
        for strip in strips {
            let rows = strip.count / (4 * 2 * width)
            let part = expected.sliced(2, row..<(row + rows)).value.scalars
            #expect(zip(strip, part).allSatisfy { abs($0 - $1) < 1e-5 })
            row += rows
        }
        #expect(row == 2 * height)
    }

    @Test(
        "A hole is filled, and every sample outside of it stays, with 16 bits too",
        arguments: [8, 16], [30, 170])
    func filled(bits: Int, size: Int) throws {
        let before = try picture(200, 190, hasAlpha: true, bits: bits)
        let hole = try mask(200, 190) { x, y in
            (x - 150) * (x - 150) + (y - 60) * (y - 60) < size * size / 4 || x < 5 && y > 180
        }
        var after = before
        let generator: Generator<any FillsHoles> = try painter()
        generator.fill(hole, of: &after, trainedSide: 32, rim: 3)
        let (old, new) = (
            before.region(x: 0..<200, y: 0..<190), after.region(x: 0..<200, y: 0..<190)
        )
        for (place, isInside) in hole.part(x: 0..<200, y: 0..<190).enumerated() {
            for plane in 0..<3 {
                let at = plane * 200 * 190 + place
                if !isInside { #expect(old[at] == new[at]) }
            }
            #expect(old[3 * 200 * 190 + place] == new[3 * 200 * 190 + place])
        }
        // In the middle nothing of the old is left.
        #expect(new[60 * 200 + 150] == 1)
    }

    @Test("A colour that is asked for is that of what is masked, and of nothing else")
    func coloured() throws {
        let picture = try picture(300, 200)
        let mask = try mask(300, 200) { x, y in x >= 100 && x < 200 && y < 150 }
        let generator: Generator<any ColoursPictures> = try painter()
        var rows: [[Float]] = [[], [], []]
        generator.colour(picture, mask, SIMD3(1, -1, 0.5), trainedSide: 16) { planes in
            for plane in 0..<3 {
                rows[plane] += planes[(plane * planes.count / 3)..<((plane + 1) * planes.count / 3)]
            }
        }
        let old = picture.region(x: 0..<300, y: 0..<200)
        #expect(abs(rows[0][75 * 300 + 150] - 1) < 1e-5)
        #expect(abs(rows[1][75 * 300 + 150] + 1) < 1e-5)
        for (place, isInside) in mask.part(x: 0..<300, y: 0..<200).enumerated() where !isInside {
            #expect(rows[0][place] == old[place])
        }
    }

    @Test(
        "A mask is what is white, or of a picture with transparency what is opaque; it grows as a square"
    )
    func masks() throws {
        let white = try mask(40, 30) { x, y in x == 20 && y == 10 }
        #expect(white.share == 1.0 / 1_200)
        let grown = white.grown(by: 3)
        #expect(grown.share == 49.0 / 1_200)
        #expect(grown.part(x: 17..<24, y: 7..<14).allSatisfy { $0 })
        #expect(white.grown(by: 100).share == 1)
        let opaque = try mask(40, 30, isOpacity: true) { x, _ in x < 10 }
        #expect(opaque.share == 0.25)
    }

    @Test(
        "Beyond the border a mask is mirrored as its picture is, so that nothing that is to go is seen there"
    )
    func mirroredMask() throws {
        let left = try mask(40, 30) { x, _ in x < 5 }
        #expect(left.part(x: -4..<0, y: 0..<3).allSatisfy { $0 })
        #expect(left.part(x: -20..<(-5), y: -9..<0).allSatisfy { !$0 })
    }

    @Test("A reduced picture has the mean of the whole, and what is transparent shows white")
    func reduced() throws {
        let picture = try picture(101, 67)
        let whole = Tensor(picture.region(x: 0..<101, y: 0..<67), shape: [1, 3, 67, 101])
        for (width, height) in [(101, 67), (40, 30), (7, 5), (1, 1)] {
            let small = picture.colours(x: 0..<101, y: 0..<67, height: height, width: width)
            let means = (small.mean(over: [2, 3]) - whole.mean(over: [2, 3])).value.scalars
            #expect(means.allSatisfy { abs($0) < 1e-4 }, "\(width) x \(height): \(means)")
        }
        let path = "\(folder)/clear.png"
        let writer = try PictureWriter(
            path: path, width: 2, height: 1, form: PictureForm(isGrey: false, hasAlpha: true),
            inputs: [])
        try writer.write([-1, -1, -1, -1, -1, -1, 1, -1])
        try writer.finish()
        let clear = try EditablePicture(path: path)
        let seen = clear.colours(x: 0..<2, y: 0..<1, height: 1, width: 2).value.scalars
        #expect(seen == [-1, 1, -1, 1, -1, 1])
    }

    @Test("A wire is filled at full size, a disc of its length in a window that is reduced")
    func wires() throws {
        var picture = try picture(400, 300)
        let wire = try mask(400, 300) { x, y in abs(x - y - 20) < 3 && y > 20 && y < 280 }
        let generator: Generator<any FillsHoles> = try painter()
        generator.fill(wire, of: &picture, trainedSide: 16, rim: 0)
        let new = picture.region(x: 0..<400, y: 0..<300)
        for (place, isInside) in wire.part(x: 0..<400, y: 0..<300).enumerated() where isInside {
            #expect(new[place] == 1)
        }
    }

    @Test("What lies far apart has boxes of its own")
    func boxes() throws {
        let two = try mask(100, 60) { x, y in (x < 9 && y < 7) || (x > 80 && y > 40) }
        let boxes = two.boxes(gap: 4)
        #expect(boxes.count == 2)
        #expect(boxes[0].x.contains(0) && boxes[0].x.upperBound <= 12)
        #expect(boxes[1].x == 80..<100 && boxes[1].y == 40..<60)
        #expect(two.boxes(gap: 100).count == 1)
    }

    /// A mask that is drawn to a file and read.
    private func mask(
        _ width: Int, _ height: Int, isOpacity: Bool = false, _ isInside: (Int, Int) -> Bool
    ) throws -> Mask {
        let form = PictureForm(isGrey: true, hasAlpha: isOpacity)
        let path = "\(folder)/mask.png"
        let writer = try PictureWriter(
            path: path, width: width, height: height, form: form, inputs: [])
        let values = (0..<height).flatMap { y in
            (0..<width).map { x -> Float in isInside(x, y) ? 1 : -1 }
        }
        let light = isOpacity ? values.map { _ in -1 } : values
        try writer.write(light + light + light + (isOpacity ? values : []))
        try writer.finish()
        return Mask(try EditablePicture(path: path))
    }
}

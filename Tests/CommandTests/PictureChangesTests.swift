import Evaluation
import Foundation
import Pictures
import Tensors
import Testing

extension Commands {
    @Suite("Pictures of people, changed by trained networks", .serialized)
    struct PictureChangesTests {
        private let folder: TemporaryFolder
        private var picture: String { "\(folder.path)/picture.png" }
        private var mask: String { "\(folder.path)/mask.png" }

        /// Blots to learn from; a picture of 50 x 37 pixels of 16 bits with transparency; and a mask of its upper left.
        init() throws {
            folder = try TemporaryFolder()
            let pictures = "\(folder.path)/pictures"
            try FileManager.default.createDirectory(
                atPath: pictures, withIntermediateDirectories: true)
            let random = RandomSource(seed: 2)
            let values = random.uniform(40 * 3 * 16 * 16, at: .init(.data), in: -1..<1)
            let blots = Picture.images(NDArray(values, shape: [40, 3, 16, 16]))
            for (index, blot) in blots.enumerated() {
                try blot.write(to: "\(pictures)/\(index).png")
            }
            try write(
                random.uniform(4 * 50 * 37, at: .init(.data, position: 1), in: -1..<1), to: picture,
                PictureForm(isGrey: false, hasAlpha: true, bits: 16))
            let hole = (0..<50 * 37).map { Float($0 % 50 < 9 && $0 / 50 < 8 ? 1 : -1) }
            try write(hole + hole + hole, to: mask, PictureForm(isGrey: true))
        }

        private func write(_ planes: [Float], to path: String, _ form: PictureForm) throws {
            let writer = try PictureWriter(
                path: path, width: 50, height: 37, form: form, inputs: [])
            try writer.write(planes)
            try writer.finish()
        }

        private func trained(_ recipe: String, _ settings: String...) throws -> String {
            let run = "\(folder.path)/\(recipe)"
            let options = (["resolution=16", "width=2"] + settings).flatMap { ["--set", $0] }
            _ = try weights(
                Command(
                    [
                        "train", recipe, "--iterations", "1", "--batch-size", "4", "--microbatch",
                        "2", "--data", "\(folder.path)/pictures", "--output", run,
                    ] + options
                ).wait())
            return run
        }

        private func changed(_ arguments: String...) throws -> EditablePicture {
            let output = "\(folder.path)/changed.png"
            let ended = try Command(arguments + ["--output", output]).wait()
            #expect(ended.code == 0, "\(ended.output)")
            return try EditablePicture(path: output)
        }

        @Test("An enlarged picture keeps its bits and its transparency, on one lane or two")
        func enlarged() throws {
            let run = try trained("super-resolution", "factor=2", "depth=2")
            let large = try changed("enlarge", run, picture, "--lanes", "1")
            #expect(large.width == 100 && large.height == 74)
            #expect(large.form.bits == 16 && large.form.hasAlpha)
            let again = try changed("enlarge", run, picture, "--lanes", "2")
            #expect(
                large.region(x: 0..<100, y: 0..<74) == again.region(x: 0..<100, y: 0..<74))
            try expectRefusal(
                ["enlarge", run, picture, "--output", picture], "expected another file", code: 78)
            try expectRefusal(
                ["edit", run, picture, "--output", "\(folder.path)/a.png"],
                "'swiftgan enlarge' takes this run", code: 78)
            try expectRefusal(
                ["enlarge", run, "\(run)/run.yaml", "--output", "\(folder.path)/a.png"], "run.yaml",
                code: 78)
        }

        @Test("Outside of a hole every sample stays; what masks and colours must be is said")
        func edited() throws {
            let run = try trained("inpainting")
            let before = try EditablePicture(path: picture)
            let filled = try changed("edit", run, picture, "--mask", mask, "--grow", "1")
            let (old, new) = (
                before.region(x: 0..<50, y: 0..<37), filled.region(x: 0..<50, y: 0..<37)
            )
            let changes = old.indices.filter { old[$0] != new[$0] }
            #expect(!changes.isEmpty)
            for place in changes { #expect(place % 50 < 10 && place / 50 % 37 < 9) }
            let output = ["--output", "\(folder.path)/a.png"]
            let extended = try changed("edit", run, picture, "--extend", "3,0,20,1")
            #expect(extended.width == 73 && extended.height == 38 && extended.form == before.form)
            #expect(
                extended.region(x: 3..<53, y: 0..<37) == before.region(x: 0..<50, y: 0..<37))
            // The new part is not the mirror that it began as.
            #expect(
                extended.region(x: 53..<73, y: 0..<37) != before.region(x: 50..<70, y: 0..<37))
            for (options, words) in [
                (["--extend", "3,4"], "as in 0,0,200,0, found '3,4'"),
                (["--extend", "1000"], "up to nine tenths of the result to be new"),
                (["--extend", "0"], "found '0'"), (["--extend", "-3"], "found '-3'"),
                (["--extend", "9000"], "a result of at most 67 megapixels"),
                (["--extend", "3", "--mask", mask], "no --mask"),
            ] {
                try expectRefusal(["edit", run, picture] + options + output, words, code: 78)
            }
            try expectRefusal(["edit", run, picture] + output, "--mask: expected", code: 78)
            try expectRefusal(
                ["edit", run, picture, "--mask", "\(folder.path)/pictures/1.png"] + output,
                "expected 50 x 37 pixels", "found 16 x 16", code: 78)
            try expectRefusal(
                ["edit", run, picture, "--mask", mask, "--colour", "#102030"] + output,
                "expected a run of colouring", code: 78)
        }

        @Test("A grey picture becomes one in colour, and a part gets the colour that is asked for")
        func coloured() throws {
            let run = try trained("colouring")
            let grey = "\(folder.path)/grey.png"
            let light = (0..<50 * 37).map { Float($0 % 50) / 25 - 1 }
            try write(light + light + light, to: grey, PictureForm(isGrey: true))
            #expect(try !changed("edit", run, grey).form.isGrey)
            let part = try changed("edit", run, grey, "--mask", mask, "--colour", "#ff0000")
            let planes = part.region(x: 0..<50, y: 0..<37)
            // Elsewhere it is as grey as before.
            for place in 0..<50 * 37 where place % 50 >= 9 || place / 50 >= 8 {
                #expect(abs(planes[place] - light[place]) < 0.01)
                #expect(abs(planes[50 * 37 + place] - light[place]) < 0.01)
            }
            try expectRefusal(
                ["edit", run, grey, "--colour", "red", "--output", "\(folder.path)/a.png"],
                "six digits", code: 78)
        }

        @Test("Drawings are translated in their size, and samples turn into each other")
        func translated() throws {
            let run = try trained("lines")
            let made = try changed("translate", run, picture)
            #expect(made.width == 50 && made.height == 37)
            try expectRefusal(
                [
                    "translate", run, picture, "--direction", "b-to-a", "--output",
                    "\(folder.path)/a.png",
                ], "expected lines-to-picture", code: 78)
            let drawing = try trained("image-folder")
            let film = "\(folder.path)/film.png"
            let ended = try Command(
                "interpolate", drawing, "--seeds", "1,2", "--frames", "3", "--output", film
            ).wait()
            #expect(ended.code == 0, "\(ended.output)")
            let bytes = try Data(contentsOf: URL(fileURLWithPath: film))
            #expect(bytes.range(of: Data("acTL".utf8)) != nil)
            try expectRefusal(
                ["interpolate", run, "--seeds", "1,2", "--output", film],
                "expected a run that draws pictures from latent vectors", code: 78)
        }
    }
}

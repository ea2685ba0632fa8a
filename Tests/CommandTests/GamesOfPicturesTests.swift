import Evaluation
import Foundation
import Pictures
import Tensors
import Testing

extension Commands {
    @Suite("Games that make their fakes of pictures", .serialized)
    struct GamesOfPicturesTests {
        enum Game: String, CaseIterable, CustomTestStringConvertible {
            case superResolution = "super-resolution"
            case translation
            case inpainting, colouring, lines, variations

            var testDescription: String { rawValue }

            /// Small networks; super-resolution's critic begins after the sixth iteration.
            var options: [String] {
                let own: [String] =
                    switch self {
                    case .superResolution: ["depth=2", "pixel-iterations=6", "factor=2"]
                    case .translation: ["blocks=1", "identity-weight=1"]
                    case .inpainting, .colouring, .lines, .variations: []
                    }
                let settings = ["resolution=16", "width=4", "checkpoint-every=4"] + own
                return ["--iterations", "12", "--batch-size", "8", "--microbatch", "2"]
                    + settings.flatMap { ["--set", $0] }
            }
        }

        private let folder: TemporaryFolder
        private var pictures: String { "\(folder.path)/pictures" }

        /// Blots: 55 dark ones in A, and 66 light ones in B.
        init() throws {
            folder = try TemporaryFolder()
            for (number, name) in ["A", "B"].enumerated() {
                let path = "\(pictures)/\(name)"
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
                let shape: Shape = [number == 0 ? 55 : 66, 3, 16, 16]
                let values = RandomSource(seed: UInt64(number)).uniform(
                    shape.elementCount, at: .init(.data), in: number == 0 ? -1..<0 : 0..<1)
                let blots = Picture.images(NDArray(values, shape: shape))
                for (index, picture) in blots.enumerated() {
                    try picture.write(to: "\(path)/\(index).png")
                }
            }
        }

        private func run(
            _ command: String, _ game: Game, _ options: String..., in name: String,
            failpoint: String? = nil
        ) throws -> (code: Int32, output: String) {
            try Command(
                [command, game.rawValue] + game.options + options + [
                    "--data", pictures, "--output", "\(folder.path)/\(name)",
                ], environment: failpoint.map { ["SWIFTGAN_FAILPOINT": $0] } ?? [:]
            ).wait()
        }

        @Test(
            "have the same weights on one lane or two, with one worker process or three",
            arguments: Game.allCases)
        func sameWeights(of game: Game) throws {
            let expected = try weights(run("train", game, "--lanes", "1", in: "one-lane"))
            let others = try [
                run("train", game, "--lanes", "2", in: "two-lanes"),
                run("launch", game, "--workers", "1", in: "one-worker"),
                run("launch", game, "--workers", "3", "--lanes", "1", in: "three-workers"),
            ]
            for other in others { #expect(try weights(other) == expected) }
        }

        @Test(
            "end as the unbroken run when they are killed and resumed, before and after a critic begins",
            arguments: Game.allCases,
            [(iteration: 5, command: "train"), (iteration: 9, command: "launch")]
        )
        func killed(_ game: Game, at death: (iteration: Int, command: String)) throws {
            let expected = try weights(run("train", game, in: "unbroken"))
            let killed = try run(
                death.command, game, in: "killed", failpoint: "ledger-written:\(death.iteration)")
            #expect(killed.code == SIGKILL, "\(killed.output)")
            let last = try metrics("\(folder.path)/killed").last?.iteration ?? 0
            #expect(last < 12)
            if game == .superResolution { #expect((last < 6) == (death.iteration == 5)) }
            #expect(try weights(run(death.command, game, "--resume", in: "killed")) == expected)
        }

        @Test("show beside each sample what it was made of", arguments: Game.allCases)
        func sheets(of game: Game) throws {
            _ = try weights(run("train", game, "--iterations", "1", in: "run"))
            let sheet = "\(folder.path)/sheet.png"
            let sampled = try Command(
                "sample", "\(folder.path)/run", "--count", "6", "--output", sheet
            ).wait()
            #expect(sampled.code == 0, "\(sampled.output)")
            // Two rows of three pairs of 16 pixels a side: a PNG has its width and height in bytes 16 to 23.
            let bytes = try Data(contentsOf: URL(fileURLWithPath: sheet))
            #expect(Array(bytes[16..<24]) == [0, 0, 0, 104, 0, 0, 0, 38])
            let single = try Command(
                "sample", "\(folder.path)/run", "--count", "1", "--output",
                "\(folder.path)/singles/"
            ).wait()
            #expect(single.code == 0, "\(single.output)")
            let picture = try Data(
                contentsOf: URL(fileURLWithPath: "\(folder.path)/singles/00000000.png"))
            #expect(Array(picture[16..<24]) == [0, 0, 0, 16, 0, 0, 0, 16])
        }

        @Test("are sampled where their data are gone, and measured in pairs")
        func sampled() throws {
            _ = try weights(run("train", .superResolution, "--evaluate", in: "run"))
            let file = "\(folder.path)/run/evaluations.jsonl"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            for name in ["psnr", "ssim", "psnr-gain"] { #expect(text.contains("\"\(name)\"")) }
            try FileManager.default.removeItem(atPath: pictures)
            let sheet = "\(folder.path)/sheet.png"
            let sampled = try Command(
                "sample", "\(folder.path)/run", "--count", "6", "--output", sheet
            ).wait()
            #expect(sampled.code == 0, "\(sampled.output)")
            #expect(FileManager.default.fileExists(atPath: sheet))
        }

        @Test("are audited part by part where their data are two sets")
        func audited() throws {
            _ = try weights(run("train", .translation, in: "run"))
            let audit = try Command("audit", "\(folder.path)/run").wait()
            // Twelve batches of eight, of 50 and 60 pictures that are not held out.
            for line in [
                "examples, part 1 of 2: each of 50 once in each of 1 epochs, and 46 of the next",
                "examples, part 2 of 2: each of 60 once in each of 1 epochs, and 36 of the next",
                "clean",
            ] { #expect(audit.output.contains(line), "\(audit.output)") }
            #expect(audit.code == 0)
        }

        @Test("refuse kept examples of another game, and a watch for collapse that would see none")
        func foreignExamples() throws {
            for game in [Game.superResolution, .translation] {
                _ = try weights(run("train", game, "--iterations", "1", in: game.rawValue))
                try expectRefusal(
                    ["train", game.rawValue, "--data", pictures, "--on-collapse", "warn"]
                        + ["--output", "\(folder.path)/watched"],
                    "--on-collapse: expected a recipe that measures a sign of collapse", code: 78)
            }
            let file = "\(folder.path)/super-resolution/examples.safetensors"
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.copyItem(
                atPath: "\(folder.path)/translation/examples.safetensors", toPath: file)
            try expectRefusal(
                ["sample", "\(folder.path)/super-resolution", "--output", "\(folder.path)/a.png"],
                "examples.safetensors: expected image of shape", code: 78)
        }

        @Test("say which folders they want, and which settings fit")
        func refused() throws {
            let output = ["--output", "\(folder.path)/refused"]
            try expectRefusal(
                ["train", "translation"] + output, "expected --data", "in A and B", code: 78)
            try expectRefusal(
                ["train", "translation", "--data", "\(pictures)/A"] + output,
                "pictures/A: expected a folder with pictures in A and B")
            for (setting, word) in [
                ("factor=3", "2, 4 or 8"), ("depth=3", "an even number"),
                ("resolution=36", "a multiple of 32 with factor 4"),
            ] {
                try expectRefusal(
                    ["train", "super-resolution", "--set", setting] + output, word, code: 78)
            }
        }
    }
}

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

            var testDescription: String { rawValue }

            /// Small networks; super-resolution's critic begins after the sixth iteration.
            var options: [String] {
                let own =
                    switch self {
                    case .superResolution: ["depth=2", "pixel-iterations=6", "factor=2"]
                    case .translation: ["blocks=1", "identity-weight=1"]
                    }
                let settings = ["resolution=16", "width=4", "checkpoint-every=4"] + own
                return ["--iterations", "12", "--batch-size", "8", "--microbatch", "2"]
                    + settings.flatMap { ["--set", $0] }
            }
        }

        private let folder: TemporaryFolder
        private var pictures: String { "\(folder.path)/pictures" }

        /// Blots, of which those in A are dark and those in B are light.
        init() throws {
            folder = try TemporaryFolder()
            for (number, name) in ["A", "B"].enumerated() {
                let path = "\(pictures)/\(name)"
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
                let values = RandomSource(seed: UInt64(number)).uniform(
                    55 * 3 * 16 * 16, at: .init(.data), in: number == 0 ? -1..<0 : 0..<1)
                let blots = Depiction.image().pictures(of: NDArray(values, shape: [55, 3, 16, 16]))
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

        @Test("refuse kept examples of another game, and a watch for collapse that would see none")
        func foreignExamples() throws {
            for game in Game.allCases {
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

import Evaluation
import Foundation
import Pictures
import Tensors
import Testing

extension Commands {
    @Suite("Games of clips", .serialized)
    struct ClipTests {
        private let folder: TemporaryFolder
        private var clips: String { "\(folder.path)/clips" }

        /// Two clips of 30 frames, each a light square that moves over black.
        init() throws {
            folder = try TemporaryFolder()
            for (name, step) in [("right", 1), ("down", 32)] {
                let path = "\(clips)/\(name)"
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
                for frame in 0..<30 {
                    var picture = Picture(width: 32, height: 32, channels: 1)
                    for row in 0..<8 {
                        for column in 0..<8 {
                            picture.pixels[row * 32 + column + frame % 24 * step] = 220
                        }
                    }
                    // Of these names 10 is before 9 where they are taken for text.
                    try picture.write(to: "\(path)/\(frame).png")
                }
            }
        }

        private func run(
            _ command: String, critics: String, _ options: String..., in name: String,
            failpoint: String? = nil
        ) throws -> (code: Int32, output: String) {
            let settings = [
                "resolution=32", "frames=8", "width=2", "content-size=3", "motion-size=2",
                "sampled-frames=3", "critics=\(critics)", "checkpoint-every=4",
            ]
            return try Command(
                [command, "clips", "--iterations", "10", "--batch-size", "4", "--microbatch", "2"]
                    + settings.flatMap { ["--set", $0] } + options + [
                        "--data", clips, "--output", "\(folder.path)/\(name)",
                    ], environment: failpoint.map { ["SWIFTGAN_FAILPOINT": $0] } ?? [:]
            ).wait()
        }

        @Test(
            "have the same weights however many compute them, and after a death",
            arguments: ["few-frames", "frames-and-clips"])
        func sameWeights(critics: String) throws {
            let expected = try weights(
                run("train", critics: critics, "--lanes", "1", in: "one-lane"))
            let killed = try run(
                "launch", critics: critics, "--workers", "3", in: "killed",
                failpoint: "ledger-written:5")
            #expect(killed.code == SIGKILL, "\(killed.output)")
            let others = try [
                run("train", critics: critics, "--lanes", "2", in: "two-lanes"),
                run("launch", critics: critics, "--workers", "1", in: "one-worker"),
                run("launch", critics: critics, "--workers", "3", "--resume", in: "killed"),
            ]
            for other in others { #expect(try weights(other) == expected) }
        }

        @Test("are drawn as one film, or as folders of frames that are data again")
        func sampled() throws {
            let folder = folder.path
            _ = try weights(run("train", critics: "few-frames", in: "run"))
            let film = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/run/samples")
            #expect(film.contains("00000010.png"))
            func sample(_ options: String..., to output: String) throws -> Data {
                let (code, text) = try Command(
                    ["sample", "\(folder)/run", "--output", "\(folder)/\(output)"] + options
                ).wait()
                #expect(code == 0, "\(text)")
                return try Data(
                    contentsOf: URL(
                        fileURLWithPath: output.hasSuffix("/")
                            ? "\(folder)/\(output)00000001/0007.png" : "\(folder)/\(output)"))
            }
            let one = try sample("--count", "4", to: "one.png")
            // Two rows of two clips; acTL says how many frames follow.
            #expect(Array(one[16..<24]) == [0, 0, 0, 70, 0, 0, 0, 70])
            let control = try #require(one.range(of: Data("acTL".utf8)))
            #expect(Array(one[control.upperBound...].prefix(4)) == [0, 0, 0, 8])
            // What moves is drawn by another seed where one is named, and how it looks is not.
            #expect(one == (try sample("--count", "4", "--motion-seed", "0", to: "same.png")))
            #expect(one != (try sample("--count", "4", "--motion-seed", "1", to: "other.png")))

            let frame = try sample("--count", "12", to: "frames/")
            #expect(Array(frame[16..<24]) == [0, 0, 0, 32, 0, 0, 0, 32])
            let again = try Command(
                "train", "clips", "--data", "\(folder)/frames", "--iterations", "1", "--set",
                "frames=8", "--output", "\(folder)/again"
            ).wait()
            #expect(again.code == 0 && again.output.contains("12 clips"), "\(again.output)")
            try expectRefusal(
                ["sample", "\(folder)/run", "--count", "1", "--output", "\(folder)/frames/"],
                "expected no folder, or an empty one", code: 78)
            try expectRefusal(
                ["sample", "\(folder)/run", "--count", "401", "--output", "\(folder)/a.png"],
                "--count: expected at most 400 in one .png file", code: 78)
        }

        @Test("say which folders they want, and which settings fit")
        func refused() throws {
            let output = ["--output", "\(folder.path)/refused"]
            try expectRefusal(["train", "clips"] + output, "expected --data", code: 78)
            try expectRefusal(
                ["train", "clips", "--data", "\(folder.path)/nowhere"] + output,
                "expected a folder that has a folder of frames")
            try expectRefusal(
                ["train", "clips", "--data", clips, "--set", "stride=4"] + output,
                "expected a clip of 61 frames at least")
            for (setting, word) in [
                ("frames=12", "a multiple of 8"), ("sampled-frames=20", "at most 16"),
                ("augmentation=differentiable", "clips are shown as they are"),
            ] {
                try expectRefusal(
                    ["train", "clips", "--data", clips, "--set", setting] + output, word, code: 78)
            }
        }
    }
}

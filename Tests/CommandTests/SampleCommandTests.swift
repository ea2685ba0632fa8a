import Foundation
import Testing

extension Commands {
    @Suite("Samples and metrics, wherever they are drawn", .serialized)
    struct SampleCommandTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws { folder = try TemporaryFolder() }

        @Test(
            "A name that nothing is written for is refused before anything is read",
            arguments: ["g.jpg", "g.npy", "g", ".png.part"])
        func endings(name: String) throws {
            // There is no run: that would be said, were it looked for.
            try expectRefusal(
                ["sample", "/nowhere", "--output", "\(folder.path)/\(name)"], "--output",
                "ends in .png", code: 78)
        }

        @Test("So is a place that cannot be written")
        func places() throws {
            try expectRefusal(
                ["sample", "/nowhere", "--output", "/nowhere/a.png"],
                "expected a file in a folder that can be written", code: 78)
            try Data().write(to: URL(fileURLWithPath: "\(folder.path)/file"))
            try expectRefusal(
                ["sample", "/nowhere", "--output", "\(folder.path)/file/a.png"],
                "expected a file in a folder that can be written", code: 78)
            try expectRefusal(
                ["train-extractor", "fashion", "--output", "\(folder.path)/a.png"],
                "ends in .safetensors", code: 78)
        }

        @Test(
            "Asked to end, nothing of a picture stays", arguments: [SIGTERM, SIGINT, SIGHUP])
        func interrupted(signal: Int32) throws {
            _ = try weights(
                Command("train", "mnist28-workload", "--iterations", "1", "--output", run).wait())
            let picture = "\(folder.path)/sheet.png"
            let command = try Command("sample", run, "--count", "4000000", "--output", picture)
            for _ in 0..<600 where !FileManager.default.fileExists(atPath: picture + ".part") {
                Thread.sleep(forTimeInterval: 0.05)
            }
            command.terminate(by: signal)
            let (code, output) = try command.wait(seconds: 10)
            #expect(code == 75, "\(output)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run"])
        }

        @Test("Points are shown together alone: no folder is made for them")
        func points() throws {
            _ = try weights(Command("train", "ring", "--iterations", "1", "--output", run).wait())
            let samples = "\(folder.path)/samples/"
            try expectRefusal(["sample", run, "--output", samples], "are shown together", code: 78)
            #expect(!FileManager.default.fileExists(atPath: samples))
        }

        @Test(
            "A folder takes a file for each sample, the same that any other number begins with",
            .enabled(if: hasFashionData, "needs Debian's dataset-fashion-mnist"))
        func single() throws {
            _ = try weights(
                Command(
                    "train", "fashion", "--set", "width=8", "--iterations", "2", "--output", run
                ).wait())
            func sample(_ count: Int, to output: String) throws -> Command {
                let command = try Command("sample", run, "--count", "\(count)", "--output", output)
                let (code, text) = try command.wait()
                #expect(code == 0 && text.hasPrefix("\(count) samples of iteration 2"), "\(text)")
                return command
            }
            _ = try sample(3, to: "\(folder.path)/few/")
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/many", withIntermediateDirectories: true)
            _ = try sample(120, to: "\(folder.path)/many")
            func names(_ folder: String) throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            }
            #expect(
                try names("\(folder.path)/few") == [
                    "00000000.png", "00000001.png", "00000002.png",
                ])
            #expect(try names("\(folder.path)/many").count == 120)
            for name in try names("\(folder.path)/few") {
                let (few, many) = (
                    try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/few/\(name)")),
                    try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/many/\(name)"))
                )
                // Width and height stand in the header.
                #expect(few == many && Array(few[16..<24]) == [0, 0, 0, 28, 0, 0, 0, 28])
            }
        }

        @Test(
            "More than ten thousand samples fit one sheet, and take no more memory than a few",
            .enabled(if: hasFashionData, "needs Debian's dataset-fashion-mnist"))
        func many() throws {
            _ = try weights(
                Command(
                    "train", "fashion", "--set", "width=4", "--iterations", "1", "--output", run
                ).wait())
            let sheet = "\(folder.path)/sheet.png"
            let command = try Command("sample", run, "--count", "12000", "--output", sheet)
            var largest = 0
            while let bytes = try? command.residentBytes, bytes > 0 {
                largest = max(largest, bytes)
                Thread.sleep(forTimeInterval: 0.05)
            }
            #expect(try command.wait().code == 0)
            // Measured: 48 MB for 64 samples, and 48 MB for 20,000; all of them as numbers would be 38 MB more.
            #expect(largest < 80_000_000)
            let header = try Data(contentsOf: URL(fileURLWithPath: sheet)).prefix(24)
            let side = UInt32(110 * 30 + 2)
            #expect(Array(header[16..<20]) == withUnsafeBytes(of: side.bigEndian) { Array($0) })
        }

        @Test(
            "A program that was copied elsewhere measures with the same classifier",
            .enabled(if: hasFashionData, "needs Debian's dataset-fashion-mnist"))
        func copied() throws {
            _ = try weights(
                Command(
                    "train", "fashion", "--set", "width=4", "--iterations", "2", "--output", run
                ).wait())
            let copy = URL(fileURLWithPath: "\(folder.path)/elsewhere")
            try FileManager.default.copyItem(at: Command.executable, to: copy)
            let evaluate = ["evaluate", run, "--count", "100"]
            let there = try Command(evaluate, executable: copy).wait()
            let here = try Command(evaluate).wait()
            #expect(there.code == 0 && there.output == here.output)
            #expect(here.output.contains("a classifier trained on fashion that classifies 91.8%"))
        }

        @Test("What is asked of measures is checked before data are read")
        func measures() throws {
            // There are no data: that would be said, were they looked for.
            let train = ["train", "fashion", "--data", "/nowhere", "--output", run]
            try expectRefusal(
                train + ["--stop-on", "fid"], "--stop-on: expected one of frechet", code: 78)
            try expectRefusal(
                train + ["--evaluate", "--extractor", "/nowhere.safetensors"],
                "expected a classifier's file", code: 78)
            try expectRefusal(
                train + ["--evaluate", "--patience", "0"], "--patience: expected 1 to 10000",
                code: 78)
            try expectRefusal(
                train + ["--extractor", "random"], "expected --evaluate beside it", code: 78)
            try expectRefusal(
                train + ["--set", "lr=3"],
                "'discriminator-learning-rate' or 'generator-learning-rate'", code: 78)
            #expect(!FileManager.default.fileExists(atPath: run))
        }
    }
}

import Foundation
import Testing

extension Commands {
    @Suite("Bad input gets one line and loses nothing", .serialized)
    struct BadInputTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws { folder = try TemporaryFolder() }

        private func idx(_ content: [UInt8]) throws -> String {
            let path = "\(folder.path)/train-images-idx3-ubyte"
            try Data(content).write(to: URL(fileURLWithPath: path))
            return folder.path
        }

        @Test("No data set: where it should be, and what brings it")
        func noData() throws {
            try expectRefusal(
                ["train", "fashion", "--data", "/nowhere", "--output", run], "/nowhere",
                "train-images-idx3-ubyte.gz",
                "apt-get install dataset-fashion-mnist")
            #expect(!FileManager.default.fileExists(atPath: run))
        }

        @Test("A data file that is cut short, or of another kind")
        func badData() throws {
            let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]
            let short = try idx(header + Array(repeating: 7, count: 1000))
            try expectRefusal(
                ["train", "fashion", "--data", short, "--output", run], "train-images-idx3-ubyte",
                "expected 1584 bytes", "found 1016")
            let foreign = try idx(Array("<!DOCTYPE html><html></html>".utf8))
            try expectRefusal(
                ["train", "fashion", "--data", foreign, "--output", run], "expected IDX images",
                "found 3c21444f")
        }

        @Test("A folder whose files were changed by hand is refused, and stays as it is")
        func changedFolder() throws {
            let train = ["train", "ring", "--set", "checkpoint-every=10", "--output", run]
            #expect(try Command(train + ["--iterations", "10"]).wait().code == 0)
            let more = train + ["--iterations", "20", "--resume"]
            let description = "\(run)/run.yaml"
            let before = try String(contentsOfFile: description, encoding: .utf8)
            try "seven".write(toFile: "\(run)/attempt", atomically: false, encoding: .utf8)
            try expectRefusal(more, "attempt", "expected a number", "found 'seven'")
            #expect(try String(contentsOfFile: description, encoding: .utf8) == before)
            try (before + "widht: 3\n").write(
                toFile: description, atomically: true, encoding: .utf8)
            try expectRefusal(more, "run.yaml", "did you mean 'width'?")
        }

        @Test("Unknown names: the nearest one")
        func unknownNames() throws {
            try expectRefusal(["train", "fasion"], "did you mean 'fashion'?")
            try expectRefusal(["train", "ring", "--set", "widht=3"], "did you mean 'width'?")
            try expectRefusal(
                ["train", "ring", "--set", "latents=3"], "it is 'latent-size' now")
            try expectRefusal(
                ["train", "ring", "--set", "resolution=32"], "ring has no setting 'resolution'")
            try expectRefusal(["train", "ring", "--set", "width"], "expected name=value")
        }

        @Test("Numbers that do not fit")
        func numbers() throws {
            try expectRefusal(
                ["train", "ring", "--microbatch", "48"],
                "expected a divisor of batch-size (256), found 48")
            for (command, option, value) in [
                ("sample", "--count", "-1"), ("train", "--keep", "-1"), ("train", "--lanes", "-2"),
            ] {
                try expectRefusal(
                    [command, "ring", option, value], "\(option.dropFirst(2))", "found", value,
                    code: 78)
            }
            for arguments in [["--seed", "-1"], ["--data", ""], ["--data="]] {
                let (code, output) = try Command(["evaluate", run] + arguments).wait()
                #expect(code == 64 && output.hasPrefix("Error: "), "\(output)")
                #expect(!output.contains("Missing"), "\(output)")
            }
            try expectRefusal(
                ["launch", "ring", "--workers", "0"], "--workers: expected 1 to 1024, found 0")
            try expectRefusal(
                ["train", "ring", "--lanes", "0"], "--lanes: expected 1 to 1024, found 0")
            try expectRefusal(
                ["train", "ring", "--batch-size", "many"], "batch-size: expected a whole number")
            try expectRefusal(
                [
                    "parameter-server", "--network", "generator", "--slice", "3/2", "--coordinator",
                    "tcp://127.0.0.1:9",
                ],
                "expected a slice such as 1/2, found '3/2'")
        }

        @Test("An output folder that holds another run, this run, or cannot be written")
        func folders() throws {
            let ring = ["train", "ring", "--iterations", "5", "--output", run]
            _ = try weights(Command(ring).wait())
            let before = try String(contentsOfFile: "\(run)/run.yaml", encoding: .utf8)
            try expectRefusal(ring + ["--seed", "2"], run, "found another run (seed 1, not 2)")
            try expectRefusal(ring, run, "found this run already", "--resume")
            try expectRefusal(
                ring + ["--resume", "--batch-size", "128"], "batch-size 256, not 128")
            #expect(try String(contentsOfFile: "\(run)/run.yaml", encoding: .utf8) == before)
            try expectRefusal(
                ["train", "ring", "--output", "/proc/run"], "/proc/run", "found No such file",
                "--output")
        }

        @Test("To resume what is not there begins it, and what its ledger lacks is said")
        func resumedNothing() throws {
            let ring = [
                "train", "ring", "--set", "checkpoint-every=10", "--output", run, "--resume",
                "--iterations",
            ]
            let (code, output) = try Command(ring + ["10"]).wait()
            #expect(code == 0)
            #expect(output.contains("\(run): no run is there yet to be resumed"), "\(output)")
            let second = try Command(ring + ["20"]).wait()
            #expect(second.code == 0)
            #expect(
                !second.output.contains("no run is there") && !second.output.contains("ledger"),
                "\(second.output)")
            let ledger = "\(run)/ledger.jsonl"
            let lines = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n")
            try Data((lines.dropLast(13).joined(separator: "\n") + "\nnoise\n").utf8)
                .write(to: URL(fileURLWithPath: ledger))
            let third = try Command(ring + ["30"]).wait().output
            #expect(
                third.contains("expected lines up to the checkpoint of iteration 20, found 13"),
                "\(third)")
            try FileManager.default.removeItem(atPath: ledger)
            let fourth = try Command(ring + ["40"]).wait().output
            #expect(
                fourth.contains(
                    "\(ledger): expected lines up to the checkpoint of iteration 30, found 0"),
                "\(fourth)")
        }

        @Test("A run that another coordinator leads")
        func runInUse() throws {
            let ring = ["train", "ring", "--iterations", "1000000", "--output", run]
            let first = try Command(ring)
            try waitForIteration(1, inRun: run)
            try expectRefusal(ring + ["--resume"], run, "found one that a coordinator is using")
            first.kill()
        }

        @Test("A port in use")
        func portInUse() throws {
            let first = try Command(
                "coordinator", "ring", "--listen", "tcp://127.0.0.1:*", "--output",
                "\(folder.path)/first")
            let endpoint = try first.waitForOutput(/listening at (tcp:[^\n]*)\n/)
            try expectRefusal(
                ["coordinator", "ring", "--listen", endpoint, "--output", run], endpoint,
                "the port is in use")
            // Data have the next port: that of a coordinator one below is the first one's. Nothing was begun.
            let (_, host, port) = try #require(endpoint.wholeMatch(of: /(.*:)(\d+)/)).output
            let below = try #require(Int(port)) - 1
            try expectRefusal(
                ["coordinator", "ring", "--listen", "\(host)\(below)", "--output", run],
                "the port is in use")
            #expect(!FileManager.default.fileExists(atPath: "\(run)/run.yaml"))
            first.kill()
        }

        @Test("An address that others can reach, without a word that this is wanted")
        func openAddress() throws {
            try expectRefusal(
                ["coordinator", "ring", "--listen", "tcp://0.0.0.0:*", "--output", run], "0.0.0.0",
                "--insecure")
            for host in ["198.51.100.1", "127.0.0.1.example.org"] {
                try expectRefusal(
                    ["worker", "--coordinator", "tcp://\(host):5700"], host, "--keys encrypts",
                    "--insecure")
            }
            try expectRefusal(
                ["coordinator", "ring", "--listen", "nonsense", "--output", run], "'nonsense'")
        }

        @Test("A worker, and a server, that want another run")
        func otherRun() throws {
            let coordinator = try Command(
                "coordinator", "ring", "--listen", "tcp://127.0.0.1:*", "--output", run)
            let endpoint = try coordinator.waitForOutput(/listening at (tcp:[^\n]*)\n/)
            try expectRefusal(
                ["worker", "--coordinator", endpoint, "--recipe", "fashion"],
                "recipe ring, found fashion")
            try expectRefusal(
                ["parameter-server", "--network", "generator", "--coordinator", endpoint],
                "slice none", "found 1/1")
            try expectRefusal(
                ["parameter-server", "--network", "critic", "--coordinator", endpoint],
                "--network", "generator or discriminator, found 'critic'")
            coordinator.kill()
        }

        @Test(
            "A checkpoint that is cut short or has a flipped byte: named, and the one before it still serves"
        )
        func damagedCheckpoint() throws {
            let ring = [
                "train", "ring", "--iterations", "20", "--set", "checkpoint-every=10", "--output",
                run,
            ]
            let expected = try weights(Command(ring).wait())
            let newest = "\(run)/checkpoints/00000020.safetensors"
            let whole = try Data(contentsOf: URL(fileURLWithPath: newest))
            var flipped = whole
            flipped[whole.count / 2] ^= 1
            for damaged in [flipped, whole.dropLast(1000), Data()] {
                try damaged.write(to: URL(fileURLWithPath: newest))
                try expectRefusal(
                    ring + ["--resume"], newest, "expected SHA-256", "remove it to go on")
                try expectRefusal(["sample", run], newest, "expected SHA-256")
            }
            try FileManager.default.removeItem(atPath: newest)
            #expect(try weights(Command(ring + ["--resume"]).wait()) == expected)
        }

        @Test("Sampling from what is no run")
        func sampling() throws {
            try expectRefusal(["sample", folder.path], folder.path, "run.yaml")
            try expectRefusal(
                ["sample", folder.path, "--count", "0"],
                "--count: expected 1 to 4294967295, found 0")
        }
    }
}

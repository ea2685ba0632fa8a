import Cluster
import Foundation
import Testing

extension Commands {
    @Suite("Runs that are measured on the way")
    struct MeasuredRunTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws { folder = try TemporaryFolder() }

        private let ring = [
            "train", "ring", "--iterations", "300", "--set", "checkpoint-every=100",
        ]

        @Test("A run that gets no better ends at its best checkpoint, with any number of lanes")
        func earlyStopping() throws {
            // A generator that does not learn draws the same at every checkpoint.
            let options = [
                "--set", "generator-learning-rate=0", "--set", "ema-decay=0", "--stop-on",
                "mode-kl",
                "--patience", "1",
            ]
            let results = try ["1", "2"].map { lanes in
                try Command(
                    ring + options + ["--lanes", lanes, "--output", "\(run)-\(lanes)"]
                ).wait()
            }
            #expect(try weights(results[0]) == weights(results[1]))
            #expect(results[0].output.contains("best mode-kl: iteration"))
            let lines = try String(contentsOfFile: "\(run)-1/evaluations.jsonl", encoding: .utf8)
            #expect(lines.split(separator: "\n").count >= 2)
            let status = try Command("status", "\(run)-1").wait()
            #expect(status.code == 0 && status.output.contains("mode-kl"))
        }

        @Test("A collapse is found, and remedied alike with any number of lanes and processes")
        func remedy() throws {
            let options = [
                "ring", "--iterations", "900", "--on-collapse", "remedy", "--batch-size", "128",
                "--microbatch", "64",
                // The last healthy checkpoint stays without being among the newest.
                "--keep", "1",
            ]
            let plain = [
                "objective=non-saturating", "r1=0", "r2=0", "learning-rate-end=1", "penalty-end=1",
                "annealing=0", "beta1=0.5", "beta2=0.999", "checkpoint-every=150",
            ].flatMap { ["--set", $0] }
            let one = try Command(
                ["train"] + options + plain + ["--lanes", "1", "--output", "\(run)-one"]
            ).wait()
            let two = try Command(
                ["launch"] + options + plain + ["--workers", "2", "--output", "\(run)-two"]
            ).wait()
            #expect(try weights(one) == weights(two))
            let killed = try Command(["train"] + options + plain + ["--output", "\(run)-three"])
            _ = try killed.waitForOutput(/(packing=2: begins again)/)
            try waitForIteration(10, inRun: "\(run)-three/remedy-1")
            killed.kill()
            try killed.wait()
            let resumed = try Command(
                ["train"] + options + plain + ["--output", "\(run)-three", "--resume"]
            ).wait()
            #expect(try weights(resumed) == weights(one))
            #expect(one.output.contains("the generator has collapsed: samples miss"))
            let collapses = EventLog.lines(inRun: "\(run)-one").filter {
                if case .collapsed(_, _, _, endsRun: true) = $0.event { true } else { false }
            }
            #expect(collapses.count == 1)
            let stronger = try String(
                contentsOfFile: "\(run)-one/remedy-1/run.yaml", encoding: .utf8)
            #expect(stronger.contains("packing: 2"))
        }

        @Test("Interrupted at any moment, a measured run ends as if it had not been")
        func interrupted() throws {
            let options =
                ["train", "ring", "--iterations", "400", "--set", "checkpoint-every=50"]
                + ["--stop-on", "good-samples", "--patience", "3"]
            let whole = try Command(options + ["--output", "\(run)-whole"]).wait()
            let first = try Command(options + ["--output", run])
            _ = try first.waitForOutput(/(measured at 100)/)
            first.kill()
            _ = try? first.wait(seconds: 10)
            let resumed = try Command(options + ["--output", run, "--resume"]).wait()
            #expect(try weights(resumed) == weights(whole))
            let again = try Command(options + ["--output", run, "--resume"]).wait()
            #expect(try weights(again) == weights(whole))
            func lines(_ folder: String) throws -> String {
                try String(contentsOfFile: "\(folder)/evaluations.jsonl", encoding: .utf8)
            }
            #expect(try lines(run) == lines("\(run)-whole"))
        }

        @Test("A run whose losses are no numbers ends at once, and says where it was well")
        func broken() throws {
            let (code, output) = try Command(
                ring + [
                    "--set", "objective=least-squares", "--set", "r1=0", "--set", "r2=0", "--set",
                    "generator-learning-rate=1", "--set", "discriminator-learning-rate=1", "--set",
                    "checkpoint-every=5", "--output", run,
                ]
            ).wait()
            #expect(code == 1 && output.contains("numbers, found"), "\(output)")
            #expect(output.contains("checkpoint"))
        }

        @Test(
            "Metrics stand beside those of real examples; a run that misses goals ends with a code of its own"
        )
        func evaluation() throws {
            _ = try weights(
                Command(
                    "train", "ring", "--iterations", "20", "--set", "checkpoint-every=10",
                    "--output", run
                ).wait())
            let (code, output) = try Command("evaluate", run, "--iteration", "10").wait()
            #expect(code == 3 && output.contains("iteration 10"))
            #expect(output.contains("good-samples") && output.contains("real"))
            let last = try #require(output.split(separator: "\n").last)
            #expect(try /reached [0-2] of 3/.wholeMatch(in: last) != nil, "\(output)")
            #expect(
                output.contains(/good-samples at least 0.93 +not reached/), "\(output)")
            for (arguments, words) in [
                (["evaluate", run, "--iteration", "11"], "expected a checkpoint of iteration 11"),
                (["sample", run, "--class", "3"], "expected a run that draws by class"),
                (
                    ["evaluate", run, "--extractor", "a.onnx"],
                    "no metric of ring depends on features of images"
                ),
                (["sample", run, "--output", "a.mid"], "expected .png, which"),
                (["train", "ring", "--stop-on", "fun", "--output", "\(run)2"], "expected one of"),
            ] {
                let (code, output) = try Command(arguments).wait()
                #expect(code == 78 && output.contains(words), "\(output)")
            }
        }

        @Test("Folders of images: none, empty, without the classes that were asked for")
        func folders() throws {
            let train = ["train", "image-folder", "--output", run]
            for (arguments, words) in [
                (train, "expected --data"),
                (train + ["--data", folder.path], "found an empty folder"),
                (train + ["--data", "/nowhere"], "expected a folder of PNG, JPEG or WebP files"),
                (train + ["--set", "conditioning=projection"], "--set classes=N"),
                (train + ["--set", "resolution=30"], "resolution: expected 16 or 32"),
            ] {
                let (code, output) = try Command(arguments).wait()
                #expect(code == 78 && output.contains(words), "\(output)")
            }
            #expect(!FileManager.default.fileExists(atPath: run))
        }
    }
}

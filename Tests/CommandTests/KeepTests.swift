import Foundation
import Testing

extension Commands {
    @Suite("Checkpoints are removed, and nothing that is needed", .serialized)
    struct KeepTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }
        private let ring = ["train", "ring", "--set", "checkpoint-every=10"]

        init() throws { folder = try TemporaryFolder() }

        private func checkpoints(of run: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "\(run)/checkpoints").sorted()
        }

        private func files(_ iterations: [Int]) -> [String] {
            iterations.flatMap { iteration -> [String] in
                let name = String(format: "%08d.safetensors", iteration)
                return [name, "\(name).sha256"]
            }
        }

        @Test("The newest three stay; a resumed run keeps as many as it did, or as it is told")
        func newest() throws {
            let train = ring + ["--output", run]
            _ = try weights(Command(train + ["--iterations", "50"]).wait())
            #expect(try checkpoints(of: run) == files([30, 40, 50]))
            let more = train + ["--resume", "--iterations"]
            _ = try weights(Command(more + ["70", "--keep", "4"]).wait())
            #expect(try checkpoints(of: run) == files([40, 50, 60, 70]))
            _ = try weights(Command(more + ["80"]).wait())
            #expect(try checkpoints(of: run) == files([50, 60, 70, 80]))
            let refused = try Command(more + ["90", "--keep", "0"]).wait()
            #expect(refused.code == 78 && refused.output.contains("keep: expected"))
            let status = try Command("sample", run, "--iteration", "10").wait()
            #expect(status.code == 78 && status.output.contains("found 50, 60, 70, 80"))
            #expect(try Command("audit", run).wait().code == 0)
        }

        @Test("The best stays, and is what the hash is of, through any interruption")
        func best() throws {
            // A generator that does not learn is at its best early.
            let train =
                ring + [
                    "--iterations", "400", "--set", "generator-learning-rate=0", "--set",
                    "ema-decay=0",
                    "--stop-on", "mode-kl", "--patience", "3",
                ]
            let whole = try weights(
                Command(train + ["--keep", "100", "--output", "\(run)-whole"]).wait())
            let killed = try Command(train + ["--keep", "1", "--output", run])
            _ = try killed.waitForOutput(/(measured at 30)/)
            killed.kill()
            _ = try? killed.wait(seconds: 10)
            let resumed = try Command(train + ["--keep", "1", "--output", run, "--resume"]).wait()
            #expect(try weights(resumed) == whole)
            let best =
                try Int(
                    #require(resumed.output.firstMatch(of: /best mode-kl: iteration (\d+)/)).1) ?? 0
            // It stopped three checkpoints later; the newest, the best and the last healthy one are there.
            let left = try checkpoints(of: run).filter { !$0.hasSuffix("sha256") }
            #expect((2...3).contains(left.count) && left[0] == files([best])[0], "\(left)")
            #expect(left[left.count - 1] >= files([best + 30])[0], "\(left)")
            func lines(_ run: String) throws -> [Substring] {
                try String(contentsOfFile: "\(run)/evaluations.jsonl", encoding: .utf8)
                    .split(separator: "\n").prefix(best / 10 + 3).map { $0 }
            }
            #expect(try lines(run).count == best / 10 + 3)
            #expect(try lines(run) == lines("\(run)-whole"))
            // Where the best was removed by hand, that is said, and no other hash takes its place.
            try FileManager.default.removeItem(atPath: "\(run)/checkpoints/\(left[0])")
            let gone = try Command(train + ["--output", run, "--resume"]).wait()
            #expect(
                gone.code == 78
                    && gone.output.contains("expected the checkpoint of iteration \(best)"),
                "\(gone.output)")
            #expect(!gone.output.contains("weights sha256"))
        }
    }
}

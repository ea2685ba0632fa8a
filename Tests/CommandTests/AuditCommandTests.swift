import Foundation
import Testing

extension Commands {
    @Suite("An audit says what a ledger does not prove", .serialized)
    struct AuditCommandTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws {
            folder = try TemporaryFolder()
            let options = ["ring", "--iterations", "20", "--set", "checkpoint-every=10"]
            try #require(
                try Command(["train"] + options + ["--output", run]).wait().code == 0)
        }

        private func change(_ name: String, _ change: (String) -> String) throws {
            let path = "\(run)/\(name)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try change(text).write(toFile: path, atomically: true, encoding: .utf8)
        }

        private func audit() throws -> (code: Int32, output: String) {
            try Command("audit", run).wait(seconds: 30)
        }

        @Test("Clean, as the run left it")
        func clean() throws {
            let (code, output) = try audit()
            #expect(code == 0 && output.contains("40 of 40 steps in 1 attempt,"), "\(output)")
        }

        @Test("Steps that led to a checkpoint and have no line: in the middle, at the end, all")
        func missingSteps() throws {
            try change("ledger.jsonl") { $0.replacing(/\{[^\n]*"step":7\}\n/, with: "") }
            #expect(try audit().output.contains("amiss: steps 7 to 7"))
            try change("ledger.jsonl") { $0.replacing(/\{[^\n]*"step":3[0-9]\}\n/, with: "") }
            #expect(try audit().output.contains("amiss: steps 30 to 39"))
            try change("ledger.jsonl") { _ in "" }
            let (code, output) = try audit()
            #expect(code == 1 && output.contains("amiss: steps 0 to 39"), "\(output)")
        }

        @Test(
            "Clean, too: a later attempt that is still behind, steps beyond an earlier end, a line that is being written"
        )
        func unfinished() throws {
            try change("ledger.jsonl") { ledger in
                let again = ledger.split(separator: "\n").filter { $0.contains(/"step":2[0-5]\}/) }
                return ledger
                    + again.map { $0.replacing("\"attempt\":1", with: "\"attempt\":2") + "\n" }
                    .joined()
                    + #"{"attempt":2,"#
            }
            try FileManager.default.removeItem(atPath: "\(run)/checkpoints/00000020.safetensors")
            let (code, output) = try audit()
            #expect(code == 0 && output.contains("26 of 40 steps in 2 attempts, 6"), "\(output)")
            try change("run.yaml") { $0.replacing("iterations: 20\n", with: "iterations: 12\n") }
            #expect(try audit().output.contains("24 of 24 steps"))
        }

        @Test("A newest checkpoint that is damaged")
        func damagedCheckpoint() throws {
            let path = URL(fileURLWithPath: "\(run)/checkpoints/00000020.safetensors")
            var content = try Data(contentsOf: path)
            content[content.count - 1] ^= 1
            try content.write(to: path)
            let (code, output) = try audit()
            #expect(code == 1, "\(output)")
            #expect(output.contains("amiss: \(path.path): expected SHA-256"), "\(output)")
            #expect(output.hasSuffix("1 fault\n"), "\(output)")
        }

        @Test("The run of another recipe than the checkpoints'")
        func otherRun() throws {
            try change("run.yaml") { $0.replacing("seed: 1\n", with: "seed: 2\n") }
            let (code, output) = try audit()
            #expect(code == 1 && output.contains("the run that run.yaml describes"), "\(output)")
        }
    }
}

import Cluster
import Foundation
import Testing

extension Commands {
    @Suite("What events.jsonl tells of a run", .serialized)
    struct RunEventsTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws { folder = try TemporaryFolder() }

        private let ring = ["ring", "--set", "width=16", "--set", "checkpoint-every=100"]

        private var events: [RunEvent] { EventLog.lines(inRun: run).map(\.event) }

        /// The ids of workers that joined, and of those that are gone.
        private var workers: (joined: [String], gone: [String]) {
            events.reduce(into: ([], [])) { found, event in
                switch event {
                case .joined(let member, _, _) where member.role == .worker:
                    found.joined.append(member.id)
                case .gone(let member) where member.role == .worker: found.gone.append(member.id)
                default: return
                }
            }
        }

        @Test("A worker that is killed has joined, and is gone; where none is left, the run waits")
        func killedWorker() throws {
            let endpoint = "ipc://\(folder.path)/control"
            let coordinator = try Command(
                ["coordinator"] + ring + [
                    "--iterations", "1000000", "--listen", endpoint, "--output", run,
                ])
            let processes = try (0..<2).map { _ in
                try Command("worker", "--coordinator", endpoint, "--lanes", "1")
            }
            try waitForIteration(100, inRun: run)
            _ = try coordinator.waitForOutput(/(worker [^\n]* joined[^$]*worker [^\n]* joined)/)
            processes[0].kill()
            let named = try coordinator.waitForOutput(/worker (\w+) on .* is gone/)
            let (joined, gone) = workers
            #expect(joined.count == 2 && gone.count == 1)
            #expect(joined.contains(gone[0]) && gone[0].hasPrefix(named))
            processes[1].kill()
            _ = try coordinator.waitForOutput(
                /is gone[^$]*is gone[^$]*(waiting for workers: 0 of 1)/)
            #expect(events.last == .waiting(for: .workers(present: 0, wanted: 1)))
            let waiting = try Command("status", run).wait().output
            #expect(waiting.contains("held up:     waiting for workers: 0 of 1"), "\(waiting)")
            coordinator.terminate()
            #expect(try coordinator.wait(seconds: 60).code == 75)
            #expect(events.contains(.askedToEnd))
            let last = try #require(events.last)
            guard case .interrupted(let reason) = last else {
                throw TestFailure("expected the end of an interrupted run, found \(last)")
            }
            #expect(reason.hasPrefix("ended as asked, at the checkpoint of iteration"))
            let ended = try Command("status", run).wait().output
            #expect(ended.contains("last word:   \(reason)"), "\(ended)")
            let size = try String(contentsOfFile: "\(run)/events.jsonl", encoding: .utf8).count
            #expect(size < 20_000, "far fewer lines than iterations")
        }

        @Test("A run that was killed and is resumed goes on in the same file, in the order of time")
        func resumed() throws {
            let train = ["train"] + ring + ["--iterations", "5000", "--output", run]
            let first = try Command(train)
            try waitForIteration(150, inRun: run)
            first.kill()
            try first.wait()
            let before = events
            // As if it had been killed in the middle of a line.
            let file = try #require(FileHandle(forWritingAtPath: "\(run)/events.jsonl"))
            try file.seekToEnd()
            try file.write(contentsOf: Data(#"{"event":{"sampl"#.utf8))
            try file.close()
            let digest = try weights(
                Command(train.map { $0 == "5000" ? "300" : $0 } + ["--resume"]).wait())
            let after = Array(events.dropFirst(before.count))
            #expect(Array(events.prefix(before.count)) == before)
            let build = try Command("--version").wait().output.dropLast()
            func begun(_ iteration: Int) -> RunEvent {
                .begun(recipe: "ring", seed: 1, iteration: iteration, build: String(build))
            }
            #expect(before.first == begun(0))
            let saved = try #require(
                before.compactMap {
                    if case .checkpointed(let iteration) = $0 { iteration } else { nil }
                }.last)
            #expect(after.first == begun(saved) && after.last == .done(weights: digest))
            #expect(after.contains(.checkpointed(iteration: 300)))
            #expect(after.contains(.sampled(iteration: 300)))
            let times = EventLog.lines(inRun: run).map(\.time)
            #expect(times == times.sorted())
            #expect(abs(try #require(times.last) - Date().timeIntervalSince1970) < 60)
        }

        @Test("A disk that takes no events changes neither the run's end nor its weights")
        func fullDisk() throws {
            let train = ["train"] + ring + ["--iterations", "100", "--output"]
            let expected = try weights(Command(train + ["\(run)-whole"]).wait())
            try FileManager.default.createDirectory(
                atPath: run, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(run)/events.jsonl", withDestinationPath: "/dev/full")
            let result = try Command(train + [run]).wait()
            #expect(try weights(result) == expected)
            #expect(!result.output.contains("No space left"))
        }
    }
}

import Foundation
import Testing

@testable import Cluster

@Suite("The file of what happened in a run")
struct EventLogTests {
    private let folder = NSTemporaryDirectory() + "events-\(UUID().uuidString)"
    private var path: String { "\(folder)/events.jsonl" }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    private func removeFolder() { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ events: [RunEvent], to log: EventLog) {
        for (second, event) in events.enumerated() {
            log.write(event, at: Date(timeIntervalSince1970: Double(second)))
        }
    }

    @Test("Every event comes back as it was, with its time; iterations are not among them")
    func roundTrip() throws {
        defer { removeFolder() }
        let worker = RunEvent.Member(role: .worker, id: "ab", host: "h")
        let server = RunEvent.Member(role: .parameterServer, id: "cd", host: "h")
        let slice = RunEvent.Slice(network: "generator", index: 1, count: 2)
        let events: [RunEvent] = [
            .begun(recipe: "ring", seed: .max, iteration: 0, build: "b"),
            .nothingToResume(folder: "runs/ring"), .listening(endpoint: "tcp://h:1"),
            .waiting(for: .slices(absent: [slice])), .waiting(for: .workers(present: 1, wanted: 2)),
            .waiting(for: .room(reason: "full")),
            .waited(for: .workers(present: 1, wanted: 2), seconds: 3),
            .restored(
                iteration: 20, attempt: 2, because: .serverGone, withoutProgress: 1, patience: 10),
            .adopted(iteration: 21), .askedToEnd, .joined(member: worker, lanes: 4, slices: []),
            .joined(member: server, lanes: 0, slices: [slice]),
            .standsBy(member: server, for: server),
            .turnedAway(host: "h\n\"", field: "build", expected: "b", found: "c"),
            .slow(member: worker, seconds: 3), .memberFailed(member: worker, reason: "why"),
            .gone(member: server),
            .checkpointed(iteration: 30), .sampled(iteration: 30),
            .notSampled(iteration: 30, reason: "full"),
            .measured(
                iteration: 30,
                metrics: [.init(name: "modes", value: 8), .init(name: "kl", value: .infinity)]),
            .collapsed(iteration: 30, reason: "few modes", lastHealthy: nil, endsRun: true),
            .chosen(iteration: 30, metric: "modes", folder: "runs/ring"),
            .bestIsGone(iteration: 30, folder: "runs/ring"),
            .linesLost(file: "metrics.jsonl", expected: 30, found: 29),
            .done(weights: "5e"), .interrupted(reason: "asked"), .failed(reason: "disk"),
        ]
        let log = try EventLog(folder: folder)
        write(events, to: log)
        log.write(
            .iterated(
                progress: TrainingProgress(
                    iteration: 1, iterations: 2, time: 0, examplesPerSecond: 0, scalars: [])),
            at: Date())
        let lines = EventLog.lines(inRun: folder)
        #expect(lines.map(\.event) == events)
        #expect(lines.map(\.time) == events.indices.map { Double($0) })
    }

    @Test("A line is JSON that says what happened by its name")
    func layout() throws {
        defer { removeFolder() }
        try EventLog(folder: folder).write(
            .gone(member: .init(role: .worker, id: "ab", host: "h")),
            at: Date(timeIntervalSince1970: 1.5))
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == #"{"event":{"gone":{"member":{"host":"h","id":"ab","role":"worker"}}},"time":1.5}"#
                + "\n")
    }

    @Test("Opened again it goes on, without a line that was cut short")
    func torn() throws {
        defer { removeFolder() }
        write([.askedToEnd], to: try EventLog(folder: folder))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(#"{"event":{"adop"#.utf8))
        try file.close()
        write([.adopted(iteration: 2)], to: try EventLog(folder: folder))
        #expect(
            EventLog.lines(inRun: folder).map(\.event) == [.askedToEnd, .adopted(iteration: 2)])
    }

    @Test("However much happens, the newest stays and the oldest goes")
    func bounded() throws {
        defer { removeFolder() }
        let longest = 1_000
        let log = try EventLog(folder: folder, longest: longest)
        write((0..<500).map { .adopted(iteration: $0) }, to: log)
        let sizes = try FileManager.default.contentsOfDirectory(atPath: folder).map {
            try FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)")[.size] as? Int ?? 0
        }
        #expect(sizes.count == 2 && sizes.allSatisfy { $0 < longest + 100 })
        let kept = EventLog.lines(inRun: folder).map(\.event)
        #expect(kept.count > 10)
        #expect(kept == (500 - kept.count..<500).map { .adopted(iteration: $0) })
    }

    @Test("What a full disk does not take is left out, and nothing else comes of it")
    func fullDisk() throws {
        defer { removeFolder() }
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "/dev/full")
        write([.askedToEnd, .adopted(iteration: 2)], to: try EventLog(folder: folder))
    }
}

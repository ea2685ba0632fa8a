internal import Foundation
internal import Recipes
internal import Wire

/// Who computed what: `ledger.jsonl`, a line a member and a line a step, for ``Audit``.
///
/// Nothing is ever recovered from it.
struct Ledger {
    private let file: LineFile

    /// A member that joined.
    struct Member: Codable {
        let member: String
        let host: String
        let process: Int
        let lanes: Int
    }

    /// A step that a network took, and whose sums it was made of.
    struct Step: Codable {
        struct Leaves: Codable {
            let member: String
            let first: Int
            let count: Int
        }

        let attempt: Int
        let step: Int
        /// CRC-32C of the sum over all leaves, of the chunk that carries the network's measures.
        let digest: UInt32
        let leaves: [Leaves]

        /// Whether these are all leaves, one after another.
        func coversOnce(_ count: Int) -> Bool {
            leaves.reduce(0) { end, leaves in
                leaves.first == end && leaves.count >= 0 ? end + leaves.count : -1
            } == count
        }
    }

    static func path(in folder: String) -> String { "\(folder)/ledger.jsonl" }

    init(folder: RunFolder) throws { file = try LineFile(path: Self.path(in: folder.path)) }

    /// The step after the last of a run's that has a line; 0 where none has.
    func stepsAtEnd(of run: Run) -> Int {
        let last = file.last { line in
            (try? JSONDecoder().decode(Step.self, from: Data(line.utf8)))
                .flatMap { 0..<run.steps ~= $0.step ? $0.step : nil }
        }
        return last.map { $0 + 1 } ?? 0
    }

    func sync() throws { try file.sync() }

    func write(_ hello: Hello) throws {
        try write(
            Member(
                member: hello.member, host: hello.host, process: hello.process, lanes: hello.lanes))
    }

    func write(_ report: Heartbeat.Report, attempt: Int) throws {
        try write(
            Step(
                attempt: attempt, step: report.step, digest: report.digest,
                leaves: report.leaves.map {
                    .init(member: $0.member, first: $0.leaves.lowerBound, count: $0.leaves.count)
                }))
    }

    private func write(_ line: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try file.append(String(decoding: try encoder.encode(line), as: UTF8.self))
    }
}

internal import Adversarial
internal import Datasets
internal import Foundation
package import Recipes

/// What a run's ledger proves, read offline: that each step was made of each leaf once, and each epoch of each example once.
package struct Audit {
    /// A worker, and how many leaves of the run's history it computed.
    package struct Share {
        package let member: String
        package let host: String
        package let process: Int
        package let leaves: Int
    }

    /// What the run has used of a part of its data; most data have one part.
    package struct Usage {
        /// Examples of the part.
        package let count: Int
        /// Whole passes over them.
        package let epochs: Int
        /// Examples of the last, unfinished pass.
        package let rest: Int
    }

    package let run: Run
    /// Steps that the run has taken and recorded.
    package let steps: Int
    /// Attempts that the history is made of.
    package let attempts: Int
    /// Steps that were taken again after a checkpoint was restored, to the same bits.
    package let replays: Int
    /// One for each part of the data.
    package let usage: [Usage]
    package let shares: [Share]
    /// What should not be, a line each; empty for a clean ledger.
    package let faults: [String]

    /// - Parameter recipes: Those that the run may be of.
    /// - Throws: ``FolderError`` for a folder without a run, or without a ledger that can be read.
    package init(folder: String, among recipes: [Recipe]) throws {
        run = try Run(folder: folder, among: recipes)
        // Read before the ledger: once a checkpoint is on disk, so are the lines of what led to it.
        let saved = run.schedule.firstStep(of: Checkpoint.iterations(in: folder).last ?? 0)
        let newest = Result { [run] in
            _ = try Checkpoint.newest(in: folder, of: run, isSampled: true)
        }
        let (members, lines) = try Self.read(Ledger.path(in: folder), of: run)
        let history = History(lines, of: run, atLeast: saved)
        let counts = history.leavesByMember
        steps = history.steps.count
        attempts = Set(history.steps.map(\.attempt)).count
        replays = history.replays
        let positions = history.batches * run.settings.batchSize
        usage = run.manifest.counts.map { count in
            let (epochs, rest) = positions.quotientAndRemainder(dividingBy: count)
            return Usage(count: count, epochs: epochs, rest: rest)
        }
        shares = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, leaves in
            Share(
                member: name, host: members[name]?.host ?? "an unknown host",
                process: members[name]?.process ?? 0, leaves: leaves)
        }
        let strangers = counts.keys.filter { members[$0] == nil }.sorted().map {
            "\($0): expected a member that joined, found leaves of one that did not"
        }
        var faults = history.faults + strangers + Self.repeated(in: run, usage)
        if case .failure(let error) = newest { faults.append("\(error)") }
        self.faults = faults
    }

    private static func read(_ path: String, of run: Run) throws -> (
        [String: Ledger.Member], [Ledger.Step]
    ) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw FolderError("\(path): expected a ledger, found none")
        }
        let decoder = JSONDecoder()
        var members: [String: Ledger.Member] = [:]
        var steps: [Ledger.Step] = []
        // What follows the last line's end is being written, or was cut short.
        let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
        for line in whole.split(separator: "\n") {
            if let step = try? decoder.decode(Ledger.Step.self, from: Data(line.utf8)) {
                let isPossible = step.leaves.allSatisfy {
                    (0...run.settings.leaves).contains($0.first)
                        && (0...run.settings.leaves).contains($0.count)
                }
                guard step.step >= 0, isPossible else {
                    throw FolderError(
                        "\(path): expected steps of \(run.settings.leaves) leaves, found '\(line.prefix(160))'"
                    )
                }
                // A run that was resumed to end earlier has lines of what it once did beyond.
                if step.step < run.steps { steps.append(step) }
            } else if let member = try? decoder.decode(Ledger.Member.self, from: Data(line.utf8)) {
                members[member.member] = member
            } else {
                throw FolderError("\(path): expected lines of steps, found '\(line.prefix(60))'")
            }
        }
        return (members, steps)
    }

    /// Examples that an epoch's positions do not lead to exactly once.
    private static func repeated(in run: Run, _ usage: [Usage]) -> [String] {
        usage.enumerated().flatMap { part, usage in
            let count = usage.count
            let sampler = Sampler(
                count: count, random: run.step.random.ordering(part: part))
            return (0..<usage.epochs).compactMap { epoch in
                let found = Set((0..<count).map { sampler.example(at: epoch * count + $0) })
                return found.count == count
                    ? nil
                    : "epoch \(epoch): expected each of \(count) examples once, found \(found.count) of them"
            }
        }
    }
}

/// The steps of a ledger as they count.
///
/// An attempt began at a checkpoint, and what earlier ones had done from there on was done again.
private struct History {
    private(set) var steps: [Ledger.Step] = []
    private(set) var replays = 0
    private(set) var faults: [String] = []
    /// Batches of real examples that the steps have read.
    private(set) var batches = 0

    /// - Parameter saved: The steps that led to the newest checkpoint.
    init(_ lines: [Ledger.Step], of run: Run, atLeast saved: Int) {
        steps = Self.counting(lines)
        checkReplays(lines)
        var batchesRead: Set<Int> = []
        var expected = 0
        for step in steps {
            if step.step > expected { expect(expected..<step.step) }
            expected = step.step + 1
            if !step.coversOnce(run.settings.leaves) {
                faults.append(
                    "step \(step.step): expected each of \(run.settings.leaves) leaves once, found others"
                )
            }
            batchesRead.insert(run.schedule.batches(before: run.schedule.turn(at: step.step)))
        }
        if expected < saved { expect(expected..<saved) }
        batches = batchesRead.count
        if let most = batchesRead.max(), most + 1 != batches {
            faults.append("expected \(most + 1) batches one after another, found \(batches)")
        }
    }

    /// One line a step, in their order: of each attempt those before the first of any later one.
    private static func counting(_ lines: [Ledger.Step]) -> [Ledger.Step] {
        var counting: [Ledger.Step] = []
        var end = Int.max
        for (_, attempt) in Dictionary(grouping: lines, by: \.attempt).sorted(by: {
            $0.key > $1.key
        }) {
            let byStep = Dictionary(attempt.map { ($0.step, $0) }) { _, last in last }
            counting += byStep.values.filter { $0.step < end }
            end = min(end, byStep.keys.min() ?? end)
        }
        return counting.sorted { $0.step < $1.step }
    }

    /// Steps that more than one attempt has taken.
    private mutating func checkReplays(_ lines: [Ledger.Step]) {
        for (step, all) in Dictionary(grouping: lines, by: \.step).sorted(by: { $0.key < $1.key }) {
            replays += Set(all.map(\.attempt)).count - 1
            if Set(all.map(\.digest)).count > 1 {
                faults.append("step \(step): expected the same bits in each attempt, found others")
            }
        }
    }

    private mutating func expect(_ steps: Range<Int>) {
        faults.append(
            "steps \(steps.lowerBound) to \(steps.upperBound - 1): expected a line each, found none"
        )
    }

    var leavesByMember: [String: Int] {
        steps.reduce(into: [:]) { counts, step in
            for leaves in step.leaves { counts[leaves.member, default: 0] += leaves.count }
        }
    }
}

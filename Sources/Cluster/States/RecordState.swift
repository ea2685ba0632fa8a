package import Adversarial
package import Wire

/// What a run's recorder decides: whose lines come next, and which checkpoint may follow them; performs no I/O.
///
/// Members report late, in bunches, and again until they hear that it is on disk. Lines are written iteration by
/// iteration, and a checkpoint only after the lines of all that led to it.
package struct RecordState {
    package enum Action {
        /// The steps of the next iteration, in their order.
        case write([Heartbeat.Report])
        /// To be followed by nothing before it is on disk.
        case save(Snapshot)
    }

    private let schedule: Schedule
    /// The attempt whose reports count.
    package private(set) var attempt: Int
    /// Steps below this one have their lines.
    package private(set) var written: Int
    /// The step of the newest checkpoint.
    private var saved: Int
    /// The steps of iterations whose steps were not all reported.
    private var reports: [Int: [Int: Heartbeat.Report]] = [:]
    /// A snapshot that waits for the lines of what led to it.
    private var held: Snapshot?

    /// - Parameters:
    ///   - written: The steps, from the first on, whose lines are on disk.
    ///   - saved: The step of the newest checkpoint on disk; 0 where there is none.
    ///   - attempt: The last one that was begun.
    package init(schedule: Schedule, written: Int, saved: Int, attempt: Int) {
        self.schedule = schedule
        self.written = written
        self.saved = saved
        self.attempt = attempt
    }

    package mutating func take(_ report: Heartbeat.Report, attempt: Int) -> [Action] {
        guard attempt == self.attempt, report.step >= written else { return [] }
        reports[iteration(of: report.step), default: [:]][report.step] = report
        var actions: [Action] = []
        while let steps = reports[iteration(of: written)],
            steps.count == schedule.firstStep(of: iteration(of: written) + 1) - written
        {
            reports[iteration(of: written)] = nil
            written += steps.count
            actions.append(.write(steps.values.sorted { $0.step < $1.step }))
        }
        return actions + saveHeld()
    }

    package mutating func save(_ snapshot: Snapshot) -> [Action] {
        held = snapshot
        return saveHeld()
    }

    /// Forgets what will be computed again.
    ///
    /// A checkpoint that no one was told of yet may be found when the run is resumed: it keeps its lines.
    ///
    /// - Returns: The step whose lines, and all after it, are to be taken off.
    package mutating func rewind(to step: Int, attempt: Int) -> Int {
        self.attempt = attempt
        written = max(step, saved)
        reports = [:]
        held = nil
        return written
    }

    private mutating func saveHeld() -> [Action] {
        guard let snapshot = held, written >= snapshot.step else { return [] }
        held = nil
        saved = snapshot.step
        return [.save(snapshot)]
    }

    private func iteration(of step: Int) -> Int { schedule.iteration(at: step) }
}

package import Evaluation

/// Which checkpoints of a run stay on disk: the newest ones, and those that verdicts on the run refer to; performs no I/O.
package struct Retention: Sendable {
    /// How many of the newest stay.
    private let newest: Int
    /// What tells the best one.
    private let stopping: EarlyStopping?

    package init(newest: Int, best stopping: EarlyStopping?) {
        self.newest = newest
        self.stopping = stopping
    }

    /// The checkpoints that nothing needs any more.
    ///
    /// The newest may turn out to be damaged, and the run goes on from the one before it: what was the best then, and the last
    /// healthy one, stays, too.
    ///
    /// - Parameters:
    ///   - iterations: Those that have a checkpoint, in their order.
    ///   - evaluations: What was measured of the run, in its order; removed checkpoints are among them.
    ///   - collapse: The collapse that was found, whose remedy begins with the last healthy checkpoint.
    package func superfluous(
        _ iterations: [Int], _ evaluations: [(iteration: Int, metrics: [Metric])],
        collapse: Collapse? = nil
    ) -> [Int] {
        guard iterations.count > newest else { return [] }
        let kept = iterations.suffix(newest)
        var needed = Set(kept)
        for last in kept {
            let heard = evaluations.filter { $0.iteration <= last }
            if let best = stopping?.verdict(heard)?.best { needed.insert(best) }
            if let healthy = heard.last(where: { !Sentinel.isSuspicious($0.metrics) }) {
                needed.insert(healthy.iteration)
            }
        }
        if let healthy = collapse?.lastHealthy { needed.insert(healthy) }
        return iterations.filter { !needed.contains($0) }
    }
}

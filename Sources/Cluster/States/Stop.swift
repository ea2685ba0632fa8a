/// A stop at a whole iteration, which is saved there though it may be off the schedule.
///
/// Servers that have gone further already say so: it moves on then, until all have stopped at one step.
struct Stop {
    /// The run goes no further than this.
    private(set) var step: Int
    /// Whether the run ends there; otherwise members leave, and it goes on.
    var isFinal: Bool
    /// The first plan that said so.
    private var plan = 0
    private let since: Duration
    private let shape: ClusterShape

    /// - Parameter reached: The furthest step that is known of.
    init(after reached: Int, of shape: ClusterShape, isFinal: Bool, now: Duration) {
        step = shape.wholeIteration(from: reached)
        self.isFinal = isFinal
        self.shape = shape
        since = now
    }

    /// Moves on where a server has gone further already.
    ///
    /// - Returns: Whether it did.
    mutating func moveOn(to furthest: Int) -> Bool {
        guard furthest > step else { return false }
        step = shape.wholeIteration(from: furthest)
        return true
    }

    /// Moves back where all restore a checkpoint: what came after that is lost.
    mutating func moveBack(to restored: Int) { step = restored }

    /// Servers that have seen this plan know where to stop.
    mutating func isSaid(in plan: Int) { self.plan = plan }

    /// The checkpoint after one: where the run stops, if that comes before the next on the schedule.
    func boundary(after saved: Int) -> Int {
        let scheduled = shape.boundary(after: saved)
        return step > saved ? min(step, scheduled) : scheduled
    }

    /// Whether all servers have stopped where the newest checkpoint is.
    func isReached(by servers: [Roster.Member], saved: Int) -> Bool {
        saved >= step && servers.allSatisfy { $0.plan >= plan }
    }

    /// Whether it takes too long: what came after the newest checkpoint is computed again, then.
    ///
    /// - Parameter waitsSince: Since when members are absent who could bring the run to a whole iteration; nil while they are
    ///   there.
    func isOverdue(at now: Duration, waitsSince: Duration?) -> Bool {
        now - since > Timeouts.parting
            || waitsSince.map { now - max($0, since) > Timeouts.adoption } ?? false
    }
}

internal import Adversarial
internal import Wire

/// How a run came to its end, as its members hear it.
package enum RunEnd: Equatable, Sendable {
    case done
    /// It was asked to end, and can be resumed from there.
    case interrupted(iteration: Int)
}

extension Plan {
    /// The end of the run that this plan tells of; nil where the run goes on.
    func end(of shape: ClusterShape) -> RunEnd? {
        guard isDone else { return nil }
        return isInterrupted
            ? .interrupted(iteration: shape.schedule.iteration(at: until)) : .done
    }
}

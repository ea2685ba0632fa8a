internal import Wire

// What a coordinator makes of members that are silent, or say that they are slow.

/// How long a server may be silent: longer the more often restoring a checkpoint brought nothing.
struct Patience {
    /// How often everybody has restored the newest checkpoint; nil before the first attempt.
    private var fruitless: Int?

    /// Everybody restores the newest checkpoint.
    mutating func restore() { fruitless = fruitless.map { $0 + 1 } ?? 0 }

    /// A checkpoint was reached.
    mutating func renew() { fruitless = 0 }

    var limit: Duration { Timeouts.death * (1 << min(max(0, (fruitless ?? 0) - 1), 5)) }

    /// For people, where it has grown.
    func word(ofAttempt attempt: Int, from iteration: Int) -> String? {
        guard let fruitless, fruitless > 1 else { return nil }
        return
            "attempt \(attempt) begins at iteration \(iteration) again: \(fruitless) in a row came to no checkpoint, for want of parameter servers; a silent one is waited for \(limit.components.seconds) s now"
    }
}

extension Roster.Member {
    /// Whether it is gone, though its connection may be there.
    ///
    /// A worker that is taken for dead by mistake comes back at its next heartbeat; for a server's sake everybody restores. One in
    /// the coordinator's process, at `source`, lives as long as that does.
    func isDead(at now: Duration, patience: Patience, source: String) -> Bool {
        let silence = now - lastHeard
        if isWorker { return silence > Timeouts.silence }
        return silence > patience.limit && hello.endpoint != source
    }

    /// Whether a lost connection means its end: one that calls again has another by its next heartbeat, and was heard lately.
    func isLost(at now: Duration, source: String) -> Bool {
        hello.endpoint != source
            && now - lastHeard > (isWorker ? Timeouts.doubt : Timeouts.silence)
    }

    /// What people are told of a slow member, once until it is quick again.
    mutating func word(ofSlowness seconds: Double) -> String? {
        let isSlow = seconds > Timeouts.silence / .seconds(1)
        defer { isKnownAsSlow = isSlow }
        guard isSlow, !isKnownAsSlow else { return nil }
        return "\(title) is slow: it has been busy for \(Int(seconds)) s"
    }
}

extension Roster {
    /// Looks after members that are silent.
    mutating func doubt(at now: Duration, _ acknowledge: Acknowledge) -> [CoordinatorState.Action] {
        var actions: [CoordinatorState.Action] = []
        for var member in members where now - member.lastHeard > Timeouts.doubt {
            if now - member.probedAt >= Timeouts.heartbeat {
                member.probedAt = now
                actions.append(.probe(acknowledge, member.peer))
            }
            let silence = (now - member.lastHeard) / .seconds(1)
            if !member.isWorker, let word = member.word(ofSlowness: silence) {
                actions.append(.say(word))
            }
            self[member.hello.member] = member
        }
        return actions
    }
}

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

    /// How often in a row restoring brought nothing.
    private var withoutProgress: Int { fruitless ?? 0 }

    var limit: Duration { Timeouts.death * (1 << min(max(0, withoutProgress - 1), 5)) }

    /// That everybody has restored an iteration's checkpoint.
    func restored(_ iteration: Int, attempt: Int, because cause: RunEvent.Cause) -> RunEvent {
        .restored(
            iteration: iteration, attempt: attempt, because: cause,
            withoutProgress: withoutProgress, patience: Int(limit.components.seconds))
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

    /// Hears how long it has been busy.
    ///
    /// - Returns: That it is slow, once until it is quick again.
    mutating func slowness(of seconds: Double) -> [CoordinatorState.Action] {
        let isSlow = seconds > Timeouts.silence / .seconds(1)
        defer { isKnownAsSlow = isSlow }
        guard isSlow, !isKnownAsSlow else { return [] }
        return [.announce(.slow(member: identity, seconds: Int(seconds)))]
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
            if !member.isWorker { actions += member.slowness(of: silence) }
            self[member.hello.member] = member
        }
        return actions
    }
}

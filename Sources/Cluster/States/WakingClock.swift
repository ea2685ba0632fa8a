/// The time that this process was awake, by which it judges how long others are silent; performs no I/O.
///
/// While it was frozen (SIGSTOP, a suspended machine) it heard nothing: however long passed between two looks, it counts
/// as one heartbeat at most.
struct WakingClock {
    /// Since the first look.
    private(set) var now = Duration.zero
    private var lookedAt: ContinuousClock.Instant?

    /// Looks at another clock, as often as anything happens.
    mutating func look(at instant: ContinuousClock.Instant) {
        if let lookedAt { now += min(instant - lookedAt, Timeouts.heartbeat) }
        lookedAt = instant
    }
}

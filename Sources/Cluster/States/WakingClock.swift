/// The time that this process was awake, by which it judges how long others are silent; performs no I/O.
///
/// While it was frozen (SIGSTOP, a suspended machine) it could hear nobody, so that time does not count.
struct WakingClock {
    /// Since the first look.
    private(set) var now = Duration.zero
    private var lookedAt: ContinuousClock.Instant?

    /// Looks at another clock, as often as anything happens.
    mutating func look(at instant: ContinuousClock.Instant) {
        let passed = lookedAt.map { instant - $0 } ?? .zero
        if passed <= Timeouts.nap { now += passed }
        lookedAt = instant
    }
}

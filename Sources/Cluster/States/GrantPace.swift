/// How far ahead a run may go: some seconds' worth of steps, so that it can soon be held.
struct GrantPace {
    /// Iterations that may be computed before anybody knows how fast they are.
    private static let first = 32

    private let stepsPerIteration: Int
    /// How many steps a grant reaches ahead.
    private var reach: Int
    private var grantedAt: Duration?

    init(stepsPerIteration: Int) {
        self.stepsPerIteration = stepsPerIteration
        reach = Self.first * stepsPerIteration
    }

    /// Grants more where little is left of the last grant, further ahead the sooner that was used up.
    ///
    /// - Returns: The step until which the run may go now.
    mutating func grant(until: Int, reached: Int, horizon: Int, now: Duration) -> Int {
        guard until < horizon, until - reached <= reach / 2 else { return until }
        if let grantedAt {
            if now - grantedAt < .seconds(1) { reach = min(reach * 2, 1 << 24) }
            if now - grantedAt > .seconds(4) { reach = max(reach / 2, 2 * stepsPerIteration) }
        }
        grantedAt = now
        return max(until, min(horizon, reached + reach))
    }
}

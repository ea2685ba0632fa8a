/// How a member that is asked to end leaves a run: once the coordinator needs it no more, or after long enough.
struct Leaving {
    private let ending: Ending
    private var askedAt: ContinuousClock.Instant?
    private var isDismissed = false

    init(_ ending: Ending) { self.ending = ending }

    var isAsked: Bool { askedAt != nil }

    /// Whether it was asked just now, which the coordinator should hear at once.
    mutating func begins(now: ContinuousClock.Instant) -> Bool {
        guard ending.isAsked, askedAt == nil else { return false }
        askedAt = now
        return true
    }

    mutating func dismiss() { isDismissed = true }

    /// Whether it leaves now.
    func isTime(now: ContinuousClock.Instant) -> Bool {
        guard let askedAt else { return false }
        return isDismissed || now - askedAt > Timeouts.parting
    }

    /// - Throws: ``Departure`` where it was asked to end.
    func end() throws {
        if isAsked { throw Departure.temporary("ended as asked") }
    }
}

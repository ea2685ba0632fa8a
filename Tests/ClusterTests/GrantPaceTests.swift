import Testing

@testable import Cluster

@Suite("How far ahead a run may go")
struct GrantPaceTests {
    @Test("Further ahead the sooner it gets there, and never beyond the horizon")
    func pace() {
        var pace = GrantPace(stepsPerIteration: 2)
        var until = 0
        func grant(reached: Int, horizon: Int = 10_000, at seconds: Double) -> Int {
            until = pace.grant(
                until: until, reached: reached, horizon: horizon, now: .seconds(seconds))
            return until
        }
        #expect(grant(reached: 0, at: 0) == 64)
        // Much of it is left.
        #expect(grant(reached: 20, at: 0.1) == 64)
        #expect(grant(reached: 40, at: 0.5) == 40 + 128)
        #expect(grant(reached: 150, at: 10) == 150 + 64)
        #expect(grant(reached: 214, horizon: 220, at: 12) == 220)
        #expect(grant(reached: 220, horizon: 220, at: 13) == 220)
    }
}

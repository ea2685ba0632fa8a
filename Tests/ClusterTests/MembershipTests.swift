import Simulation
import Testing
import Wire

@testable import Cluster

@Suite("A member speaks in time, and knows one start of its coordinator from another")
struct MembershipTests {
    private let start = ContinuousClock.now

    /// What a member does that looks at the time every tenth of a second, and when, in seconds.
    private func actions(
        of membership: inout Membership, from first: Int = 0, to last: Int
    ) -> [(seconds: Double, action: Membership.Action)] {
        (first * 10...last * 10).flatMap { tenths in
            membership.actions(now: start + .milliseconds(100 * tenths)).map {
                (Double(tenths) / 10, $0)
            }
        }
    }

    @Test("Welcomed again by the same one, nothing begins anew; by another, all does")
    func welcome() {
        var membership = Membership()
        #expect(membership.session == nil)
        #expect(membership.actions(now: start) == [.sayHello])
        let isNew = ["a", "a"].map { membership.welcome(by: $0) }
        #expect(isNew == [true, false] && membership.session == "a")
        #expect(membership.actions(now: start) == [.heartbeat])
        membership.introduce()
        #expect(membership.actions(now: start) == [.sayHello])
        let isNewAgain = ["a", "b"].map { membership.welcome(by: $0) }
        #expect(isNewAgain == [false, true])
    }

    @Test(
        "It sends a heartbeat every half second, and at once where the coordinator waits for news")
    func heartbeats() {
        var membership = Membership()
        _ = membership.welcome(by: "a")
        let heartbeats = actions(of: &membership, to: 2).filter { $0.action == .heartbeat }
        #expect(heartbeats.count == 5)
        #expect(membership.actions(now: start + .seconds(2), hasNews: true) == [.heartbeat])
    }

    @Test(
        "Of a silent coordinator it complains once, calls it anew, and gives up after ten minutes")
    func silence() throws {
        var membership = Membership()
        let actions = actions(of: &membership, to: 601)
        #expect(actions.filter { $0.action == .complain }.count == 1)
        #expect(100..<120 ~= actions.filter { $0.action == .redial }.count)
        let givenUp = try #require(actions.first { $0.action == .giveUp })
        #expect(599.5..<600.5 ~= givenUp.seconds)
    }

    @Test("Heard again, it complains of the next silence")
    func heardAgain() {
        var membership = Membership()
        _ = actions(of: &membership, to: 300)
        membership.hear(now: start + .seconds(300))
        let actions = actions(of: &membership, from: 300, to: 601)
        #expect(actions.filter { $0.action == .complain }.count == 1)
        #expect(actions.allSatisfy { $0.action != .giveUp })
    }

    @Test("While it was frozen itself, its coordinator was not silent")
    func frozen() {
        var membership = Membership()
        _ = membership.welcome(by: "a")
        _ = actions(of: &membership, to: 1)
        #expect(membership.actions(now: start + .seconds(4_000)) == [.heartbeat])
    }
}

@Suite("A coordinator removes who is silent, unless it was frozen itself")
struct SilenceTests {
    /// Whether the only worker is gone at the end of these steps of the clock, in seconds.
    private func isGone(after steps: [Double]) -> Bool {
        let world = TinyWorld(leaves: 2, criticSteps: 1, iterations: 2, checkpointEvery: 1)
        var coordinator = world.coordinator(slices: 0)
        var now = world.epoch
        let hello = Hello(build: "b", member: "m", host: "h", process: 1, lanes: 1)
        _ = coordinator.receive(.hello(hello, from: Peer(name: [1]), address: nil), now: now)
        return steps.contains { step in
            now += .seconds(step)
            return coordinator.receive(.tick, now: now).contains {
                if case .announce(.gone) = $0 { true } else { false }
            }
        }
    }

    @Test func silent() { #expect(isGone(after: Array(repeating: 0.1, count: 26))) }
    @Test func alive() { #expect(!isGone(after: Array(repeating: 0.1, count: 24))) }
    @Test func frozen() { #expect(!isGone(after: [0.1, 0.1, 3_600, 0.1, 0.1])) }
    @Test func alwaysSlow() { #expect(isGone(after: Array(repeating: 3, count: 8))) }
    @Test func silentAfterwards() {
        #expect(isGone(after: [3_600] + Array(repeating: 0.1, count: 26)))
    }
}

import Simulation
import Testing
import Wire

@testable import Cluster

@Suite("Shares of leaves")
struct LeafSharesTests {
    /// Workers of one lane, by the seconds that a leaf takes them.
    private func shares(of leaves: Int, _ seconds: Double...) -> [Int] {
        LeafShares(seconds.map { (lanes: 1, leafSeconds: $0) }).best(of: leaves)
    }

    @Test("All workers are done at about the same time")
    func equalTimes() {
        #expect(shares(of: 8, 1, 1) == [4, 4])
        #expect(shares(of: 4, 1, 1, 1) == [2, 1, 1])
        #expect(shares(of: 8, 0.1, 0.3) == [6, 2])
        #expect(shares(of: 3) == [])
    }

    @Test("A worker with two lanes computes two at a time")
    func lanes() {
        let shares = LeafShares([(lanes: 2, leafSeconds: 1), (lanes: 1, leafSeconds: 1)])
        #expect(shares.best(of: 6) == [4, 2])
    }

    @Test("A straggler that would only hold up the others is left out")
    func straggler() {
        #expect(shares(of: 4, 0.1, 0.1, 1) == [2, 2, 0])
        #expect(shares(of: 2, 0.2, 0.1, 0.1) == [0, 1, 1])
    }

    @Test("A newcomer, of whom nobody knows anything yet, is taken to be like most")
    func newcomer() {
        #expect(shares(of: 6, 0.1, 0.1, 0) == [2, 2, 2])
        #expect(shares(of: 3, 0) == [3])
    }

    @Test("Who turns out to be slow loses its leaves; who is a little slower keeps them")
    func newPlan() {
        let world = TinyWorld(leaves: 4, criticSteps: 1, iterations: 2, checkpointEvery: 1)
        var coordinator = world.coordinator(slices: 0)
        var now = world.epoch
        var planned: [String: Int] = [:]
        func read(_ actions: [CoordinatorState.Action]) {
            for case .plan(let plan, _) in actions {
                planned = Dictionary(
                    uniqueKeysWithValues: plan.leaves.map { ($0.member, $0.leaves.count) })
            }
        }
        func heartbeat(_ member: String, leafSeconds: Double) {
            let heartbeat = Heartbeat(
                member: member, plan: 0, attempt: 0, step: 0, leafSeconds: leafSeconds)
            read(
                coordinator.receive(
                    .heartbeat(heartbeat, from: Peer(name: Array(member.utf8))), now: now))
        }
        func wait() {
            for _ in 0..<2 {
                now += .milliseconds(500)
                read(coordinator.receive(.tick, now: now))
            }
        }
        for member in ["a", "b"] {
            let hello = Hello(build: "b", member: member, host: "h", process: 1, lanes: 1)
            let peer = Peer(name: Array(member.utf8))
            read(coordinator.receive(.hello(hello, from: peer, address: nil), now: now))
        }
        #expect(planned == ["a": 2, "b": 2])
        heartbeat("a", leafSeconds: 0.1)
        heartbeat("b", leafSeconds: 0.12)
        wait()
        #expect(planned == ["a": 2, "b": 2])
        heartbeat("a", leafSeconds: 0.1)
        heartbeat("b", leafSeconds: 1)
        wait()
        #expect(planned == ["a": 4, "b": 0])
        heartbeat("a", leafSeconds: 0.1)
        heartbeat("b", leafSeconds: 0)
        wait()
        #expect(planned == ["a": 2, "b": 2])
    }
}

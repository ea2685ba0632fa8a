import Simulation
import Testing
import Wire

@testable import Cluster

@Suite("What a coordinator announces")
struct CoordinatorNewsTests {
    private let world = TinyWorld(leaves: 2, criticSteps: 1, iterations: 2, checkpointEvery: 1)

    /// A coordinator under a clock, and all that it has announced.
    private struct Listener {
        var coordinator: CoordinatorState
        var now: ContinuousClock.Instant
        var events: [RunEvent] = []

        mutating func start() { hear(coordinator.start(now: now)) }

        mutating func receive(_ event: CoordinatorState.Event) {
            hear(coordinator.receive(event, now: now))
        }

        mutating func pass(seconds: Int) {
            for _ in 0..<seconds * 10 {
                now += .milliseconds(100)
                receive(.tick)
            }
        }

        private mutating func hear(_ actions: [CoordinatorState.Action]) {
            for case .announce(let event) in actions { events.append(event) }
        }
    }

    private func listener(slices: Int = 0, minimumWorkers: Int = 1) -> Listener {
        Listener(
            coordinator: world.coordinator(slices: slices, minimumWorkers: minimumWorkers),
            now: world.epoch)
    }

    private func worker(_ name: String) -> Hello {
        Hello(build: "b", member: name, host: "h", process: 1, lanes: 3)
    }

    private func server(_ name: String) -> Hello {
        Hello(
            build: "b", member: name, host: "h", process: 1, endpoint: "tcp://h:1",
            slices: [.init(network: "generator", index: 0, count: 1)])
    }

    private func hello(_ hello: Hello) -> CoordinatorState.Event {
        .hello(hello, from: Peer(name: Array(hello.member.utf8)), address: nil)
    }

    private func member(_ name: String, _ role: RunEvent.Member.Role = .worker) -> RunEvent.Member {
        RunEvent.Member(role: role, id: name, host: "h")
    }

    @Test("A run begins from a state that all restore, waits for its workers, and says how long")
    func waiting() {
        var run = listener(minimumWorkers: 2)
        run.start()
        run.pass(seconds: 4)
        run.receive(hello(worker("first")))
        run.receive(hello(worker("second")))
        run.receive(.tick)
        #expect(
            run.events == [
                .restored(
                    iteration: 0, attempt: 1, because: .started, withoutProgress: 0, patience: 10),
                .waiting(for: .workers(present: 0, wanted: 2)),
                .joined(member: member("first"), lanes: 3, slices: []),
                .joined(member: member("second"), lanes: 3, slices: []),
                .waited(for: .workers(present: 0, wanted: 2), seconds: 4),
            ])
    }

    @Test("A worker that falls silent is gone, and the run waits for another")
    func gone() {
        var run = listener()
        run.receive(hello(worker("w")))
        run.pass(seconds: 3)
        #expect(
            run.events.suffix(2) == [
                .gone(member: member("w")), .waiting(for: .workers(present: 0, wanted: 1)),
            ])
    }

    @Test("A second server for the same slice stands by; where the first is gone, all restore")
    func servers() {
        var run = listener(slices: 1)
        run.start()
        run.receive(hello(server("one")))
        run.receive(hello(server("two")))
        run.receive(hello(server("two")))
        #expect(
            run.events.suffix(2) == [
                .joined(
                    member: member("one", .parameterServer), lanes: 0,
                    slices: [.init(network: "generator", index: 0, count: 1)]),
                .standsBy(
                    member: member("two", .parameterServer), for: member("one", .parameterServer)),
            ])
        run.pass(seconds: 11)
        #expect(run.events.contains(.slow(member: member("one", .parameterServer), seconds: 2)))
        #expect(run.events.contains(.gone(member: member("one", .parameterServer))))
        let causes = run.events.compactMap {
            if case .restored(_, _, let cause, _, _) = $0 { cause } else { nil }
        }
        #expect(causes == [.started, .serverGone])
    }

    @Test("A member that is refused, and one that fails, are told of with the reason")
    func refused() {
        var run = listener()
        var stranger = worker("stranger")
        stranger.recipe = "fashion"
        run.receive(hello(stranger))
        run.receive(hello(worker("w")))
        run.receive(
            .heartbeat(
                Heartbeat(
                    member: "w", plan: 0, attempt: 0, step: 0, isLeaving: true, failure: "no data"),
                from: Peer(name: Array("w".utf8))))
        #expect(
            run.events == [
                .turnedAway(host: "h", field: "recipe", expected: "ring", found: "fashion"),
                .joined(member: member("w"), lanes: 3, slices: []),
                .memberFailed(member: member("w"), reason: "no data"),
                .gone(member: member("w")),
            ])
    }
}

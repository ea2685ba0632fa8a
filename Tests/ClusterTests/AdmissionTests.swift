import Cluster
import Simulation
import Testing
import Wire

@Suite("Admission")
struct AdmissionTests {
    private let world = TinyWorld(leaves: 2, criticSteps: 1, iterations: 2, checkpointEvery: 1)

    /// The field, expected and found of the coordinator's refusal; empty where it welcomes.
    private func refusal(_ change: (inout Hello) -> Void) -> [String] {
        var coordinator = world.coordinator(slices: 2)
        var hello = Hello(build: "b", member: "m", host: "h", process: 1, lanes: 1)
        change(&hello)
        let actions = coordinator.receive(
            .hello(hello, from: Peer(name: [1]), address: nil), now: world.epoch)
        for case .reject(_, let reject) in actions {
            return [reject.field, reject.expected, reject.found]
        }
        return []
    }

    private func server(_ slice: Hello.Slice, at endpoint: String = "tcp://h:1") -> [String] {
        refusal {
            $0.lanes = 0
            $0.endpoint = endpoint
            $0.slices = [slice]
        }
    }

    @Test("Who fits is welcome")
    func welcome() {
        #expect(refusal { _ in } == [])
        #expect(refusal { $0.recipe = "ring" } == [])
        #expect(server(.init(network: "generator", index: 1, count: 2)) == [])
    }

    @Test("Another protocol, build or recipe is refused, with what was expected and found")
    func otherVersions() {
        #expect(refusal { $0.protocolVersion = 99 } == ["protocol", "4", "99"])
        #expect(refusal { $0.build = "other" } == ["build", "b", "other"])
        #expect(refusal { $0.recipe = "fashion" } == ["recipe", "ring", "fashion"])
    }

    @Test("A slice that cannot be is refused, whatever its numbers")
    func impossibleSlices() {
        for (index, count) in [(0, 0), (2, 2), (5, 2), (0, 1), (0, 3)] {
            let found = server(.init(network: "generator", index: index, count: count))
            #expect(found.first == "slice", "\(index) of \(count)")
        }
        #expect(server(.init(network: "critic", index: 0, count: 2)).first == "network")
        #expect(
            server(.init(network: "generator", index: 0, count: 2), at: "nonsense").first
                == "endpoint")
    }

    @Test(
        "An endpoint without host or port is refused",
        arguments: ["tcp://h", "tcp://", "tcp:///", "tcp://:", "tcp://\u{fffd}1B"])
    func endpointWithoutPort(endpoint: String) {
        let slice = Hello.Slice(network: "generator", index: 0, count: 2)
        #expect(server(slice, at: endpoint).first == "endpoint")
    }

    @Test("The first worker's proof is the run's; a worker or server with another is turned away")
    func proofs() {
        var coordinator = world.coordinator(
            slices: 2, proofs: .init(updates: "right", instructions: "avx2", leaves: nil))
        func join(
            _ name: String, proof: String, by instructions: String = "avx2", isServer: Bool = false
        ) -> [CoordinatorState.Action] {
            let slice = Hello.Slice(network: "generator", index: 0, count: 2)
            let hello = Hello(
                build: "b", member: name, host: "h", process: 1, lanes: isServer ? 0 : 1,
                endpoint: isServer ? "tcp://h:1" : "", slices: isServer ? [slice] : [])
            let peer = Peer(name: Array(name.utf8))
            let heartbeat = Heartbeat(
                member: name, plan: 0, attempt: 0, step: 0, proof: proof,
                instructions: instructions)
            _ = coordinator.receive(.hello(hello, from: peer, address: nil), now: world.epoch)
            return coordinator.receive(.heartbeat(heartbeat, from: peer), now: world.epoch)
        }
        func plannedWorkers(_ actions: [CoordinatorState.Action]) -> Set<String> {
            actions.reduce(into: []) { found, action in
                if case .plan(let plan, _) = action { found = Set(plan.leaves.map(\.member)) }
            }
        }
        func isRefused(_ actions: [CoordinatorState.Action]) -> Bool {
            actions.contains { if case .reject = $0 { true } else { false } }
        }
        #expect(isRefused(join("foreign", proof: "a leaf", by: "avx512")))
        #expect(plannedWorkers(join("unproven", proof: "")) == [])
        let first = join("first", proof: "a leaf")
        #expect(plannedWorkers(first) == ["first"])
        #expect(first.contains { if case .remember("a leaf") = $0 { true } else { false } })
        #expect(plannedWorkers(join("second", proof: "a leaf")) == ["first", "second"])
        let other = join("other", proof: "another leaf")
        #expect(isRefused(other) && plannedWorkers(other) == ["first", "second"])
        #expect(isRefused(join("server", proof: "wrong", isServer: true)))
        #expect(!isRefused(join("server", proof: "right", isServer: true)))
    }
}

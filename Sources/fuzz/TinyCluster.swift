internal import Adversarial
internal import Cluster
internal import Datasets
internal import Recipes
internal import Tensors
internal import Wire

/// The states of a run's members, ready for a message, on networks so small that each input meets new ones.
struct TinyCluster {
    static let run: Run = {
        var settings = Recipe.ring.defaults
        do {
            for (name, value) in [
                ("width", "4"), ("batch-size", "8"), ("microbatch", "2"), ("chunk", "1"),
            ] { try settings.set(name, to: value, for: .ring) }
            let data = try Run.openData(.ring, settings, DataRequest(path: nil))
            return try Run(recipe: .ring, settings: settings, manifest: data.manifest)
        } catch { fatalError("the settings of the smallest run: \(error)") }
    }()
    static let shape = ClusterShape(run)
    static let snapshot = Snapshot.initial(of: run)
    static let peer = Peer(name: [1])

    private let now = ContinuousClock.now
    private let plan = Plan(
        number: 2, attempt: 1, restoreStep: 0, until: shape.steps,
        leaves: [.init(member: "worker", leaves: 0..<2)],
        chunks: shape.networks.indices.map {
            .init(
                network: shape.networks[$0].name, chunks: shape.chunks(of: $0), endpoint: "source")
        }, source: "source")

    /// A coordinator with a worker and the server of both networks, and what it says to an event.
    func coordinator(_ event: CoordinatorState.Event) {
        var state = CoordinatorState(
            shape: Self.shape,
            configuration: .init(
                build: "b", recipe: "ring", slices: 0, minimumWorkers: 1, source: "source"),
            snapshot: Self.snapshot, attempt: 0)
        _ = state.start(now: now)
        let hellos = [
            Hello(build: "b", member: "worker", host: "h", process: 1, lanes: 2),
            Hello(
                build: "b", member: "server", host: "h", process: 2, endpoint: "source",
                slices: Self.shape.networks.map { .init(network: $0.name, index: 0, count: 1) }),
        ]
        for hello in hellos {
            _ = state.receive(.hello(hello, from: Self.peer, address: nil), now: now)
        }
        let ready = Heartbeat(member: "server", plan: 2, attempt: 1, step: 0)
        _ = state.receive(.heartbeat(ready, from: Self.peer), now: now)
        _ = state.receive(event, now: now)
        _ = state.receive(.tick, now: now + .milliseconds(50))
    }

    /// A worker that waits for weights, and one that computes.
    func worker(_ event: WorkerState.Event) {
        for isComputing in [false, true] {
            var state = WorkerState(shape: Self.shape, member: "worker", lanes: 2)
            _ = state.receive(.plan(plan), now: now)
            if isComputing {
                for (chunk, numbers) in chunks where chunk.component == .weights {
                    _ = state.receive(.chunk(chunk, numbers), now: now)
                }
            }
            _ = state.receive(event, now: now)
            _ = state.receive(.tick, now: now + .seconds(2))
        }
    }

    /// A server that restores, and one that is ready.
    func server(_ event: ParameterServerState.Event) {
        for isReady in [false, true] {
            var state = ParameterServerState(
                shape: Self.shape, rules: UpdateRule.rules(of: Self.run),
                slices: Self.shape.networks.map { .init(network: $0.name, index: 0, count: 1) })
            _ = state.receive(.plan(plan), now: now)
            if isReady {
                for (chunk, numbers) in chunks {
                    _ = state.receive(.chunk(chunk, numbers), now: now)
                }
            }
            _ = state.receive(event, now: now)
            _ = state.receive(.tick, now: now + .seconds(2))
        }
    }

    /// The snapshot as it travels.
    private var chunks: [(Chunk, Storage)] {
        let shape = Self.shape
        return shape.networks.indices.flatMap { network in
            shape.chunks(of: network).flatMap { index in
                shape.networks[network].components.compactMap { component in
                    let numbers = Self.snapshot.numbers(
                        component, chunk: index, of: network, shape)
                    return numbers.map {
                        let chunk = Chunk(
                            run: shape.run, attempt: 1, network: network, index: index,
                            component: component, steps: 0...1, crc32c: crc32c($0.bytes))
                        return (chunk, $0)
                    }
                }
            }
        }
    }
}

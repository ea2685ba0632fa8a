internal import Adversarial
internal import Cluster
internal import NeuralNetworks
internal import Tensors
internal import Wire

/// A parameter server and its workers as pure states without sockets, used to measure what a push costs them.
///
/// Each worker has one leaf, so a step has as many pushes of a chunk as there are workers.
package struct ServerLoad {
    /// The floats in a chunk.
    private static let length = 1_024

    private let shape: ClusterShape
    private let now = ContinuousClock.now
    private var server: ParameterServerState
    private var workers: [WorkerState]
    /// The messages under way, each with the number of the worker that sent it or receives it.
    private var queue: [(worker: Int, Message)] = []
    /// The number of sums that the server has taken.
    package private(set) var pushes = 0

    private enum Message {
        case server(ParameterServerState.Event)
        case worker(WorkerState.Event)
    }

    /// - Parameters:
    ///   - chunks: The number of chunks of each of the two networks.
    ///   - steps: The number of steps.
    package init(chunks: Int, workers: Int, steps: Int) {
        let networks = ["discriminator", "generator"].map { name in
            TinyWorld.network(name, from: chunks, to: Self.length - 1)
        }
        let schedule = Schedule([Phase(repeats: Sides(discriminator: 1, generator: 1))])
        shape = ClusterShape(
            run: 1,
            networks: networks.map {
                .init(
                    name: $0.name, count: $0.count,
                    components: [.weights, .firstMoment, .secondMoment])
            }, floatsPerChunk: Self.length, leaves: workers, schedule: schedule, steps: steps,
            checkpointEvery: steps)
        let slices = networks.map { Hello.Slice(network: $0.name, index: 0, count: 1) }
        server = ParameterServerState(
            shape: shape,
            rules: networks.map {
                UpdateRule(
                    $0, adam: Adam(rate: 0.1, beta1: 0.5, beta2: 0.9), average: nil,
                    leaves: workers)
            }, slices: slices)
        self.workers = (0..<workers).map { [shape] in
            WorkerState(shape: shape, member: "w\($0)", lanes: 1)
        }
        let zeros = Snapshot(
            step: 0,
            networks: networks.map { network in
                Dictionary(
                    uniqueKeysWithValues: [Component.weights, .firstMoment, .secondMoment].map {
                        ($0, Storage.zeros(count: network.count))
                    })
            })
        let plan = Plan(
            number: 1, attempt: 1, restoreStep: 0, until: steps,
            leaves: (0..<workers).map { LeafRange(member: "w\($0)", leaves: $0..<($0 + 1)) },
            chunks: slices.map {
                .init(network: $0.network, chunks: 0..<(chunks + 2), endpoint: "server")
            })
        _ = server.receive(.restorePoint(zeros, attempt: 1), now: now)
        for case .fetch(let pull) in server.receive(.plan(plan), now: now) {
            guard
                let numbers = zeros.numbers(
                    pull.component, chunk: pull.chunk, of: pull.network, shape)
            else { continue }
            let chunk = Chunk(
                run: shape.run, attempt: 1, network: pull.network, index: pull.chunk,
                component: pull.component, steps: 0...0, crc32c: 0)
            _ = server.receive(.chunk(chunk, numbers), now: now)
        }
        for worker in self.workers.indices { queue.append((worker, .worker(.plan(plan)))) }
    }

    /// Delivers all messages until the last step is done.
    package mutating func run() {
        var next = 0
        while next < queue.count {
            let (worker, message) = queue[next]
            next += 1
            if next == 4_096 {
                queue.removeFirst(next)
                next = 0
            }
            switch message {
            case .server(let event): perform(server.receive(event, now: now))
            case .worker(let event): perform(workers[worker].receive(event, now: now), worker)
            }
        }
    }

    private mutating func perform(_ actions: [ParameterServerState.Action]) {
        for action in actions {
            guard case .send(let chunk, let numbers, let peer) = action else { continue }
            queue.append(
                (Int(peer.name[0]) << 8 + Int(peer.name[1]), .worker(.chunk(chunk, numbers))))
        }
    }

    private mutating func perform(_ actions: [WorkerState.Action], _ worker: Int) {
        let peer = Peer(name: [UInt8(worker >> 8), UInt8(worker & 255)])
        for action in actions {
            switch action {
            case .pull(let pull): queue.append((worker, .server(.pull(pull, from: peer))))
            case .push(let task):
                pushes += 1
                let (push, sum) = task.message(pool: StoragePool())
                queue.append((worker, .server(.push(push, sum))))
            case .compute(let task):
                let network = shape.schedule.turn(at: task.step).network
                let result = LeafResult(
                    attempt: task.attempt, step: task.step, leaf: task.leaf,
                    message: Storage.zeros(count: shape.networks[network].count),
                    duration: .milliseconds(1))
                queue.append((worker, .worker(.leaf(result))))
            case .begin: continue
            }
        }
    }
}

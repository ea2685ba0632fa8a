import Adversarial
import Cluster
import NeuralNetworks
import Tensors
import Wire

/// A whole cluster of pure states under one seed: messages are delayed, lost and doubled; processes die and join.
///
/// Time is simulated, so hours of trouble take milliseconds, and a seed that fails fails again.
struct Simulation {
    struct Outcome {
        /// A checkpoint or a final state that is not the reference's, by step.
        var wrong: [Int] = []
        var isFinished = false
        var kills = 0
        var restores = 0
    }

    private enum Node: Hashable {
        case coordinator
        case server(Int)
        case worker(Int)
    }

    private enum Delivery {
        case hello(Node), welcome, plan(Plan), beat(Node)
        case push(Push, Storage), pull(Pull, from: Node), part(Part, Storage), at(At)
        case leaf(LeafResult)
        case saved(Int)
    }

    private struct ServerProcess {
        var state: ParameterServerState
        var hello: Hello
        var isWelcome = false
    }

    private struct WorkerProcess {
        var state: WorkerState
        var hello: Hello
        var isWelcome = false
        var frozenUntil = 0
    }

    private let world: TinyWorld
    private var random: SeededGenerator
    private let lossRate: Double
    private let doubleRate: Double
    private let longestDelay: Int
    private let quietAfter: Int
    private var now = 0
    private var queue: [Int: [(to: Node, Delivery)]] = [:]
    private var coordinator: CoordinatorState
    private var servers: [Int: ServerProcess] = [:]
    private var workers: [Int: WorkerProcess] = [:]
    private var born = 0
    private var outcome = Outcome()

    init(seed: UInt64) {
        random = SeededGenerator(state: seed)
        let slices = Int.random(in: 0...2, using: &random)
        world = TinyWorld(
            leaves: [1, 2, 3, 4, 5, 8].randomElement(using: &random) ?? 1,
            criticSteps: Int.random(in: 1...3, using: &random),
            iterations: 8, checkpointEvery: Int.random(in: 1...4, using: &random))
        lossRate = [0, 0.05, 0.25].randomElement(using: &random) ?? 0
        doubleRate = [0, 0.2].randomElement(using: &random) ?? 0
        longestDelay = [2, 8, 30].randomElement(using: &random) ?? 2
        quietAfter = 6_000
        coordinator = CoordinatorState(
            shape: world.shape,
            configuration: .init(
                build: "b", recipe: "r", slices: slices, minimumWorkers: 1, source: "source"),
            snapshot: world.initial, attempt: 0)
        // Where the coordinator keeps both networks, server 0 is its thread; else that only holds what others restore.
        addServer(
            0,
            slices: slices == 0
                ? world.shape.networks.map { .init(network: $0.name, index: 0, count: 1) } : [])
        for index in 0..<(2 * slices) {
            let network = world.shape.networks[index / max(1, slices)].name
            addServer(
                index + 1, slices: [.init(network: network, index: index % slices, count: slices)])
        }
        for _ in 0..<Int.random(in: 1...4, using: &random) { addWorker() }
    }

    private mutating func addServer(_ number: Int, slices: [Hello.Slice]) {
        born += 1
        servers[number] = ServerProcess(
            state: ParameterServerState(shape: world.shape, rules: world.rules, slices: slices),
            hello: Hello(
                build: "b", member: "server\(number).\(born)", host: "h", process: 1,
                endpoint: number == 0 ? "source" : "tcp://server\(number):1", slices: slices))
    }

    private mutating func addWorker() {
        born += 1
        let lanes = Int.random(in: 1...2, using: &random)
        workers[born] = WorkerProcess(
            state: WorkerState(shape: world.shape, member: "worker\(born)", lanes: lanes),
            hello: Hello(build: "b", member: "worker\(born)", host: "h", process: 1, lanes: lanes))
    }

    /// Runs until the run is over, or until it must be stuck.
    ///
    /// A tick is ten milliseconds.
    mutating func run() -> Outcome {
        perform(coordinator.start(now: instant))
        while now < 30_000 && !outcome.isFinished {
            now += 1
            if now < quietAfter { misfortune() }
            for (to, delivery) in queue.removeValue(forKey: now) ?? [] { deliver(delivery, to: to) }
            if now % 5 == 0 { tick() }
        }
        return outcome
    }

    private var instant: ContinuousClock.Instant { world.epoch + .milliseconds(now * 10) }

    // MARK: Misfortune

    private mutating func misfortune() {
        switch Double.random(in: 0..<1, using: &random) {
        case ..<0.002: kill(workers.keys.sorted().randomElement(using: &random))
        case ..<0.004: if workers.count < 6 { addWorker() }
        case ..<0.005: for number in workers.keys.sorted() { kill(number) }
        case ..<0.007:
            if let number = workers.keys.sorted().randomElement(using: &random) {
                workers[number]?.frozenUntil = now + Int.random(in: 50...600, using: &random)
            }
        case ..<0.0075:
            guard
                let number = servers.keys.filter({ $0 > 0 }).sorted().randomElement(using: &random)
            else { return }
            let slices = servers[number]?.hello.slices ?? []
            outcome.restores += 1
            addServer(number, slices: slices)
        default: return
        }
    }

    private mutating func kill(_ number: Int?) {
        guard let number, workers.removeValue(forKey: number) != nil else { return }
        outcome.kills += 1
        if workers.isEmpty { addWorker() }
    }

    // MARK: Messages

    private mutating func send(_ delivery: Delivery, to node: Node, isLossy: Bool = true) {
        let isTroubled = isLossy && now < quietAfter
        if isTroubled && Double.random(in: 0..<1, using: &random) < lossRate { return }
        let copies = isTroubled && Double.random(in: 0..<1, using: &random) < doubleRate ? 2 : 1
        for _ in 0..<copies {
            queue[now + Int.random(in: 1...longestDelay, using: &random), default: []].append(
                (node, delivery))
        }
    }

    private func node(of peer: Peer) -> Node {
        let name = String(decoding: peer.name, as: UTF8.self)
        if name == "coordinator" { return .coordinator }
        let kind = name.prefix { $0.isLetter }
        let number = Int(name.dropFirst(kind.count).prefix { $0 != "." }) ?? 0
        return kind == "server" ? .server(number) : .worker(number)
    }

    private func peer(_ node: Node) -> Peer {
        switch node {
        case .coordinator: Peer(name: Array("coordinator".utf8))
        case .server(let number): Peer(name: Array((servers[number]?.hello.member ?? "").utf8))
        case .worker(let number): Peer(name: Array("worker\(number)".utf8))
        }
    }

    private mutating func tick() {
        let instant = instant
        perform(coordinator.receive(.tick, now: instant))
        for number in servers.keys.sorted() {
            if let actions = servers[number]?.state.receive(.tick, now: instant) {
                perform(actions, of: number)
            }
            if now % 50 == 0, servers[number]?.hello.slices.isEmpty == false {
                let isWelcome = servers[number]?.isWelcome == true
                send(isWelcome ? .beat(.server(number)) : .hello(.server(number)), to: .coordinator)
            }
        }
        for number in workers.keys.sorted() where (workers[number]?.frozenUntil ?? 0) <= now {
            if let actions = workers[number]?.state.receive(.tick, now: instant) {
                perform(actions, ofWorker: number)
            }
            if now % 50 == 0 {
                let isWelcome = workers[number]?.isWelcome == true
                send(isWelcome ? .beat(.worker(number)) : .hello(.worker(number)), to: .coordinator)
            }
        }
    }

    private mutating func deliver(_ delivery: Delivery, to node: Node) {
        switch node {
        case .coordinator: deliverToCoordinator(delivery)
        case .server(let number): deliver(delivery, toServer: number)
        case .worker(let number):
            guard let frozenUntil = workers[number]?.frozenUntil else { return }
            guard frozenUntil <= now else {
                queue[frozenUntil + 1, default: []].append((node, delivery))
                return
            }
            deliver(delivery, toWorker: number)
        }
    }

    private mutating func deliverToCoordinator(_ delivery: Delivery) {
        switch delivery {
        case .hello(let node):
            guard let hello = hello(of: node) else { return }
            perform(
                coordinator.receive(.hello(hello, from: peer(node), address: nil), now: instant))
        case .beat(let node):
            guard let beat = beat(of: node) else { return }
            perform(coordinator.receive(.beat(beat, from: peer(node)), now: instant))
        case .part(let part, let numbers):
            perform(coordinator.receive(.part(part, numbers), now: instant))
        case .at(let at): perform(coordinator.receive(.at(at), now: instant))
        case .saved(let step): perform(coordinator.receive(.saved(step: step), now: instant))
        default: return
        }
    }

    private func hello(of node: Node) -> Hello? {
        switch node {
        case .coordinator: nil
        case .server(let number): servers[number]?.hello
        case .worker(let number): workers[number]?.hello
        }
    }

    private func beat(of node: Node) -> Beat? {
        switch node {
        case .coordinator: return nil
        case .server(let number):
            guard let server = servers[number] else { return nil }
            return Beat(
                member: server.hello.member, plan: server.state.planNumber,
                attempt: server.state.readyAttempt,
                step: server.state.step)
        case .worker(let number):
            guard let worker = workers[number] else { return nil }
            return Beat(
                member: worker.hello.member, plan: worker.state.planNumber,
                attempt: worker.state.attempt,
                step: worker.state.step)
        }
    }

    private mutating func deliver(_ delivery: Delivery, toServer number: Int) {
        let instant = instant
        let event: ParameterServerState.Event
        switch delivery {
        case .welcome:
            servers[number]?.isWelcome = true
            return
        case .plan(let plan): event = .plan(plan)
        case .push(let push, let sum): event = .push(push, sum)
        case .pull(let pull, let node): event = .pull(pull, from: peer(node))
        case .part(let part, let numbers): event = .part(part, numbers)
        default: return
        }
        if let actions = servers[number]?.state.receive(event, now: instant) {
            perform(actions, of: number)
        }
    }

    private mutating func deliver(_ delivery: Delivery, toWorker number: Int) {
        let instant = instant
        let event: WorkerState.Event
        switch delivery {
        case .welcome:
            workers[number]?.isWelcome = true
            return
        case .plan(let plan): event = .plan(plan)
        case .part(let part, let numbers): event = .part(part, numbers)
        case .at(let at): event = .at(at)
        case .leaf(let result): event = .leaf(result)
        default: return
        }
        if let actions = workers[number]?.state.receive(event, now: instant) {
            perform(actions, ofWorker: number)
        }
    }

    // MARK: Actions

    private mutating func perform(_ actions: [CoordinatorState.Action]) {
        let instant = instant
        for action in actions {
            switch action {
            case .welcome(let peer): send(.welcome, to: node(of: peer))
            case .plan(let plan, let peer): send(.plan(plan), to: node(of: peer))
            case .introduce(let peer):
                if case .worker(let number) = node(of: peer) { workers[number]?.isWelcome = false }
                if case .server(let number) = node(of: peer) { servers[number]?.isWelcome = false }
            case .pull(let pull):
                guard let keeper = keeper(of: pull.chunk, pull.network) else { continue }
                send(.pull(pull, from: .coordinator), to: .server(keeper))
            case .offer(let snapshot, let attempt):
                let event = ParameterServerState.Event.restorePoint(snapshot, attempt: attempt)
                if let actions = servers[0]?.state.receive(event, now: instant) {
                    perform(actions, of: 0)
                }
            case .save(let snapshot):
                if !world.isReference(snapshot) { outcome.wrong.append(snapshot.step) }
                send(.saved(snapshot.step), to: .coordinator, isLossy: false)
            case .fail: outcome.wrong.append(-1)
            case .finish: outcome.isFinished = true
            case .reject, .current, .persist, .record, .say: continue
            }
        }
    }

    private func keeper(of chunk: Int, _ network: Int) -> Int? {
        servers.keys.sorted().first { number in
            (servers[number]?.hello.slices ?? []).contains { slice in
                world.shape.chunks(of: slice).map {
                    $0.network == network && $0.chunks.contains(chunk)
                } ?? false
            }
        }
    }

    private mutating func perform(_ actions: [ParameterServerState.Action], of number: Int) {
        for action in actions {
            switch action {
            case .send(let part, let numbers, let peer):
                send(.part(part, numbers), to: node(of: peer))
            case .tell(let at, let peer): send(.at(at), to: node(of: peer))
            case .fetch(let pull): send(.pull(pull, from: .server(number)), to: .server(0))
            case .stop: outcome.wrong.append(-2)
            }
        }
    }

    private mutating func perform(_ actions: [WorkerState.Action], ofWorker number: Int) {
        for action in actions {
            switch action {
            case .pull(let pull):
                guard let keeper = keeper(of: pull.chunk, pull.network) else { continue }
                send(.pull(pull, from: .worker(number)), to: .server(keeper))
            case .push(let push, let sum):
                guard let keeper = keeper(of: push.chunk, push.network) else { continue }
                send(.push(push, sum), to: .server(keeper))
            case .begin: continue
            case .compute(let task):
                let result = LeafResult(
                    attempt: task.attempt, step: task.step, leaf: task.leaf,
                    message: world.message(task),
                    duration: .milliseconds(30))
                send(.leaf(result), to: .worker(number), isLossy: false)
            }
        }
    }
}

/// SplitMix64 (Steele et al., 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

internal import Adversarial
internal import Cluster
internal import Tensors
internal import Wire

/// A whole cluster of pure states under one seed: messages are delayed, lost, doubled and cut off one way; processes
/// freeze, die, and are started again.
///
/// Time is simulated, so hours of trouble take milliseconds, and a seed that fails fails again.
package struct Simulation {
    package struct Outcome: Sendable {
        /// Bits that are not the reference's, and lines that are missing.
        package var violations: [String] = []
        /// Whether the run came to its end.
        package var isFinished = false
        /// Processes that died.
        package var kills = 0
        /// Attempts that everybody restored a checkpoint for, after the first.
        package var restores = 0
        /// Coordinators that were started again, and went on with living servers.
        package var adoptions = 0
    }

    enum Node: Hashable {
        case coordinator
        case server(Int)
        case worker(Int)
    }

    enum Delivery {
        case hello(Hello, from: Peer), beat(Beat, from: Peer)
        /// From one start of the coordinator: its connections end with it.
        case welcome(session: Int), introduce(session: Int), plan(Plan, session: Int)
        case current(Current, session: Int)
        case push(Push, Storage), pull(Pull, from: Node), part(Part, Storage), at(At)
        case leaf(LeafResult)
        case diskHas(Snapshot, session: Int), saved(Int, session: Int)
        case recorded(Int, attempt: Int, session: Int)

        /// Whether it is a coordinator's word to a member, on a connection that ends with either.
        var isTold: Bool {
            switch self {
            case .welcome, .introduce, .plan, .current: true
            default: false
            }
        }
    }

    struct ServerProcess {
        var state: ParameterServerState
        var hello: Hello
        var membership = Membership()
    }

    struct WorkerProcess {
        var state: WorkerState
        var hello: Hello
        var membership = Membership()
    }

    /// What a coordinator leaves behind when it dies.
    struct Disk {
        var snapshot: Snapshot
        var attempt = 0
        /// The lines of steps below this one.
        var recorded = 0
    }

    /// Who cannot be heard by whom.
    struct Link: Hashable {
        var from: Node
        var to: Node
    }

    /// A tick is ten milliseconds; trouble ends after some, and a run that goes on much longer is stuck.
    private let troubledTicks: Int
    private static let mostTicks = 30_000

    let world: TinyWorld
    var random: SeededGenerator
    private let lossRate: Double
    private let doubleRate: Double
    private let longestDelay: Int
    let slices: Int
    private let minimumWorkers: Int
    var now = 0
    private var queue: [Int: [(from: Node, to: Node, Delivery)]] = [:]
    private var coordinator: CoordinatorState
    /// Which start of the coordinator this is.
    private var session = 0
    private var disk: Disk
    private var recorder: RecordState
    var servers: [Int: ServerProcess] = [:]
    var workers: [Int: WorkerProcess] = [:]
    private var frozenUntil: [Node: Int] = [:]
    private var cutUntil: [Link: Int] = [:]
    private var born = 0
    package private(set) var outcome = Outcome()

    /// A cluster without misfortune; only the order of messages is the seed's.
    package init(seed: UInt64, workers: Int, lanes: Int, slices: Int, leaves: Int) {
        self.init(
            TinyWorld(
                leaves: leaves, criticSteps: 2, iterations: 5, checkpointEvery: 2, chunkCount: 3),
            SeededGenerator(state: seed), slices: slices, minimumWorkers: workers, lossRate: 0,
            doubleRate: 0, longestDelay: 30, troubledTicks: 0)
        for _ in 0..<workers { addWorker(lanes: lanes) }
    }

    package init(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        let slices = Int.random(in: 0...2, using: &random)
        let world = TinyWorld(
            leaves: [1, 2, 3, 4, 5, 8].randomElement(using: &random) ?? 1,
            criticSteps: Int.random(in: 1...3, using: &random),
            iterations: 8, checkpointEvery: Int.random(in: 1...4, using: &random))
        let lossRate: Double = [0, 0.05, 0.25].randomElement(using: &random) ?? 0
        let doubleRate: Double = [0, 0.2].randomElement(using: &random) ?? 0
        let longestDelay = [2, 8, 30].randomElement(using: &random) ?? 2
        let minimumWorkers = [1, 1, 2].randomElement(using: &random) ?? 1
        self.init(
            world, random, slices: slices, minimumWorkers: minimumWorkers, lossRate: lossRate,
            doubleRate: doubleRate, longestDelay: longestDelay, troubledTicks: 6_000)
        for _ in 0..<Int.random(in: minimumWorkers...4, using: &self.random) { addWorker() }
    }

    /// A cluster without workers.
    private init(
        _ world: TinyWorld, _ random: SeededGenerator, slices: Int, minimumWorkers: Int,
        lossRate: Double, doubleRate: Double, longestDelay: Int, troubledTicks: Int
    ) {
        self.world = world
        self.random = random
        self.slices = slices
        self.minimumWorkers = minimumWorkers
        self.lossRate = lossRate
        self.doubleRate = doubleRate
        self.longestDelay = longestDelay
        self.troubledTicks = troubledTicks
        disk = Disk(snapshot: world.initial)
        recorder = Self.recorder(world, disk)
        coordinator = Self.coordinator(world, slices, minimumWorkers, disk, session: 0)
        addSource()
        for number in 0..<(2 * slices) { addServer(number + 1) }
    }

    private static func coordinator(
        _ world: TinyWorld, _ slices: Int, _ minimumWorkers: Int, _ disk: Disk, session: Int
    ) -> CoordinatorState {
        CoordinatorState(
            shape: world.shape,
            configuration: .init(
                build: "b", session: String(session), recipe: "r", slices: slices,
                minimumWorkers: minimumWorkers,
                source: "source"),
            snapshot: disk.snapshot, attempt: disk.attempt)
    }

    private static func recorder(_ world: TinyWorld, _ disk: Disk) -> RecordState {
        RecordState(
            schedule: world.shape.schedule, written: disk.recorded, saved: disk.snapshot.step,
            attempt: disk.attempt)
    }

    /// Runs until the run is over, or until it must be stuck.
    package mutating func run() -> Outcome {
        perform(coordinator.start(now: instant))
        while now < Self.mostTicks && !outcome.isFinished {
            now += 1
            if isTroubled { misfortune() }
            if now == troubledTicks { while workers.count < minimumWorkers { addWorker() } }
            for (from, to, delivery) in queue.removeValue(forKey: now) ?? [] {
                deliver(delivery, from: from, to: to)
            }
            if now % 5 == 0 { tick() }
        }
        return outcome
    }

    private var instant: ContinuousClock.Instant { world.epoch + .milliseconds(now * 10) }
    private var isTroubled: Bool { now < troubledTicks }

    // MARK: Processes

    /// The coordinator's own server: it keeps both networks, or only what others restore from.
    private mutating func addSource() {
        let networks = slices == 0 ? world.shape.networks : []
        addServer(0, networks.map { .init(network: $0.name, index: 0, count: 1) })
    }

    mutating func addServer(_ number: Int) {
        let network = world.shape.networks[(number - 1) / slices].name
        addServer(
            number, [.init(network: network, index: (number - 1) % slices, count: slices)])
    }

    private mutating func addServer(_ number: Int, _ slices: [Hello.Slice]) {
        born += 1
        servers[number] = ServerProcess(
            state: ParameterServerState(shape: world.shape, rules: world.rules, slices: slices),
            hello: Hello(
                build: "b", member: "server\(number).\(born)", host: "h", process: 1,
                endpoint: number == 0 ? "source" : "tcp://server\(number):1", slices: slices))
    }

    mutating func addWorker() { addWorker(lanes: Int.random(in: 1...2, using: &random)) }

    private mutating func addWorker(lanes: Int) {
        born += 1
        workers[born] = WorkerProcess(
            state: WorkerState(shape: world.shape, member: "worker\(born)", lanes: lanes),
            hello: Hello(build: "b", member: "worker\(born)", host: "h", process: 1, lanes: lanes))
    }

    mutating func killServer(_ number: Int) {
        outcome.kills += 1
        // Whoever takes its place binds its endpoint for data, but is told nothing that the coordinator said to it.
        for time in queue.keys {
            queue[time]?.removeAll { $0.to == .server(number) && $0.2.isTold }
        }
        addServer(number)
    }

    mutating func killWorker(_ number: Int) {
        guard workers.removeValue(forKey: number) != nil else { return }
        outcome.kills += 1
        if workers.isEmpty { addWorker() }
    }

    /// Its memory is lost, with its own server's; what is on the disk is not.
    mutating func killCoordinator() {
        outcome.kills += 1
        restartCoordinator()
    }

    private mutating func restartCoordinator() {
        session += 1
        recorder = Self.recorder(world, disk)
        frozenUntil[.coordinator] = nil
        addSource()
        coordinator = Self.coordinator(
            world, slices, minimumWorkers, disk, session: session)
        perform(coordinator.start(now: instant))
    }

    /// Somebody asks the coordinator to end; when it has, everything is started again.
    mutating func drain() { perform(coordinator.receive(.drain, now: instant)) }

    mutating func freeze(_ node: Node, for ticks: Int) { frozenUntil[node] = now + ticks }

    mutating func cut(_ link: Link, for ticks: Int) { cutUntil[link] = now + ticks }

    // MARK: Messages

    private mutating func send(_ delivery: Delivery, from: Node, to: Node) {
        if isTroubled {
            if Double.random(in: 0..<1, using: &random) < lossRate { return }
            if let until = cutUntil[Link(from: from, to: to)], now < until { return }
            if Double.random(in: 0..<1, using: &random) < doubleRate {
                enqueue(delivery, from: from, to: to)
            }
        }
        enqueue(delivery, from: from, to: to)
    }

    /// What happens within a process is late, but never lost.
    private mutating func enqueue(
        _ delivery: Delivery, from: Node, to: Node, after ticks: Int = 0
    ) {
        let time = now + ticks + Int.random(in: 1...longestDelay, using: &random)
        queue[time, default: []].append((from, to, delivery))
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

    private func isFrozen(_ node: Node) -> Bool { frozenUntil[node].map { now < $0 } ?? false }

    private mutating func tick() {
        let instant = instant
        if !isFrozen(.coordinator) { perform(coordinator.receive(.tick, now: instant)) }
        for number in servers.keys.sorted() where !isFrozen(.server(number)) {
            if let actions = servers[number]?.state.receive(.tick, now: instant) {
                perform(actions, ofServer: number)
            }
            guard servers[number]?.hello.slices.isEmpty == false else { continue }
            let asksForMore = servers[number]?.state.asksForMore() == true
            if now % 50 == 0 || asksForMore { speak(.server(number)) }
        }
        for number in workers.keys.sorted() where !isFrozen(.worker(number)) {
            if let actions = workers[number]?.state.receive(.tick, now: instant) {
                perform(actions, ofWorker: number)
            }
            if now % 50 == 0 { speak(.worker(number)) }
        }
    }

    private mutating func speak(_ node: Node) {
        let isKnown =
            switch node {
            case .coordinator: true
            case .server(let number): servers[number]?.membership.isKnown == true
            case .worker(let number): workers[number]?.membership.isKnown == true
            }
        let peer = peer(node)
        if isKnown, let beat = beat(of: node) {
            send(.beat(beat, from: peer), from: node, to: .coordinator)
        } else if let hello = hello(of: node) {
            send(.hello(hello, from: peer), from: node, to: .coordinator)
        }
    }

    private mutating func deliver(_ delivery: Delivery, from: Node, to node: Node) {
        if isFrozen(node), let until = frozenUntil[node] {
            queue[until + 1, default: []].append((from, node, delivery))
            return
        }
        switch node {
        case .coordinator: deliverToCoordinator(delivery)
        case .server(let number): deliver(delivery, toServer: number)
        case .worker(let number): deliver(delivery, toWorker: number)
        }
    }

    private mutating func deliverToCoordinator(_ delivery: Delivery) {
        switch delivery {
        case .hello(let hello, let peer): receive(.hello(hello, from: peer, address: nil))
        case .beat(let beat, let peer): receive(.beat(beat, from: peer))
        case .part(let part, let numbers): receive(.part(part, numbers))
        case .diskHas(let snapshot, let session):
            guard session == self.session else { return }
            if disk.recorded < snapshot.step {
                outcome.violations.append("a checkpoint before its lines")
            }
            disk.snapshot = snapshot
            enqueue(.saved(snapshot.step, session: session), from: .coordinator, to: .coordinator)
        case .saved(let step, let session):
            if session == self.session { receive(.saved(step: step)) }
        case .recorded(let step, let attempt, let session):
            if session == self.session { receive(.recorded(step: step, attempt: attempt)) }
        default: return
        }
    }

    private mutating func receive(_ event: CoordinatorState.Event) {
        perform(coordinator.receive(event, now: instant))
    }

    private func hello(of node: Node) -> Hello? {
        switch node {
        case .coordinator: return nil
        case .server(let number):
            var hello = servers[number]?.hello
            hello?.attempt = servers[number]?.state.attempt ?? 0
            return hello
        case .worker(let number): return workers[number]?.hello
        }
    }

    private func beat(of node: Node) -> Beat? {
        switch node {
        case .coordinator: return nil
        case .server(let number):
            guard let server = servers[number] else { return nil }
            return Beat(
                member: server.hello.member, plan: server.state.planNumber,
                attempt: server.state.readyAttempt, step: server.state.step,
                reports: server.state.reports.map {
                    .init(
                        step: $0.step, time: 0, measures: $0.measures, digest: $0.digest,
                        leaves: $0.leaves)
                }, session: server.membership.session ?? "")
        case .worker(let number):
            guard let worker = workers[number] else { return nil }
            return Beat(
                member: worker.hello.member, plan: worker.state.planNumber,
                attempt: worker.state.attempt, step: worker.state.step,
                leafSeconds: worker.state.leafSeconds(now: instant),
                session: worker.membership.session ?? "")
        }
    }

    private mutating func deliver(_ delivery: Delivery, toServer number: Int) {
        let event: ParameterServerState.Event
        switch delivery {
        case .welcome(let session):
            guard session == self.session,
                servers[number]?.membership.welcome(by: String(session)) == true
            else { return }
            event = .newSession
        case .introduce(let session):
            if session == self.session { servers[number]?.membership.introduce() }
            return
        case .plan(let plan, let session):
            guard session == self.session else { return }
            event = .plan(plan)
        case .current(let current, let session):
            guard session == self.session else { return }
            event = .heard(step: current.heard, attempt: current.attempt)
        case .push(let push, let sum): event = .push(push, sum)
        case .pull(let pull, let node): event = .pull(pull, from: peer(node))
        case .part(let part, let numbers): event = .part(part, numbers)
        default: return
        }
        let instant = instant
        if let actions = servers[number]?.state.receive(event, now: instant) {
            perform(actions, ofServer: number)
        }
    }

    private mutating func deliver(_ delivery: Delivery, toWorker number: Int) {
        let event: WorkerState.Event
        switch delivery {
        case .welcome(let session):
            guard session == self.session,
                workers[number]?.membership.welcome(by: String(session)) == true,
                let worker = workers[number]
            else { return }
            // A coordinator that was started again numbers its plans anew: so the worker begins anew, too.
            let shape = world.shape
            workers[number]?.state = WorkerState(
                shape: shape, member: worker.hello.member, lanes: worker.hello.lanes)
            return
        case .introduce(let session):
            if session == self.session { workers[number]?.membership.introduce() }
            return
        case .plan(let plan, let session):
            guard session == self.session else { return }
            event = .plan(plan)
        case .part(let part, let numbers): event = .part(part, numbers)
        case .at(let at): event = .at(at)
        case .leaf(let result): event = .leaf(result)
        default: return
        }
        let instant = instant
        if let actions = workers[number]?.state.receive(event, now: instant) {
            perform(actions, ofWorker: number)
        }
    }

    // MARK: Actions

    private mutating func perform(_ actions: [CoordinatorState.Action]) {
        let session = session
        for action in actions {
            // A process may die between any two effects.
            if isTroubled, Double.random(in: 0..<1, using: &random) < 0.0003 {
                return killCoordinator()
            }
            perform(action)
            guard session == self.session else { return }
        }
    }

    private mutating func perform(_ action: CoordinatorState.Action) {
        switch action {
        case .welcome(let peer): tell(.welcome(session: session), peer)
        case .introduce(let peer): tell(.introduce(session: session), peer)
        case .plan(let plan, let peer): tell(.plan(plan, session: session), peer)
        case .current(let current, let peer): tell(.current(current, session: session), peer)
        case .pull(let pull):
            guard let keeper = keeper(of: pull.chunk, pull.network) else { return }
            send(.pull(pull, from: .coordinator), from: .coordinator, to: .server(keeper))
        case .persist(let attempt):
            if disk.attempt > 0 { outcome.restores += 1 }
            disk.attempt = attempt
        case .rewind(let snapshot, let attempt):
            let kept = recorder.rewind(to: snapshot.step, attempt: attempt)
            if kept > disk.recorded { outcome.violations.append("lines that nobody wrote") }
            disk.recorded = kept
        case .offer(let snapshot, let attempt):
            let event = ParameterServerState.Event.restorePoint(snapshot, attempt: attempt)
            let instant = instant
            if let actions = servers[0]?.state.receive(event, now: instant) {
                perform(actions, ofServer: 0)
            }
        case .save(let snapshot):
            if !world.isReference(snapshot) {
                outcome.violations.append("the checkpoint of step \(snapshot.step)")
            }
            perform(recorder.save(snapshot))
        case .record(let report, let attempt): record(report, attempt)
        case .say(let text): if text.contains("live on") { outcome.adoptions += 1 }
        case .fail(let reason): outcome.violations.append(reason)
        case .finish: finish()
        case .reject(_, let reject): outcome.violations.append("refused for its \(reject.field)")
        case .enrol, .remember: return
        }
    }

    private mutating func tell(_ delivery: Delivery, _ peer: Peer) {
        guard self.peer(node(of: peer)) == peer else { return }
        send(delivery, from: .coordinator, to: node(of: peer))
    }

    private mutating func record(_ report: Beat.Report, _ attempt: Int) {
        if Set(report.leaves.flatMap(\.leaves)).count != world.shape.tree.leaves {
            outcome.violations.append("the ledger's leaves of step \(report.step)")
        }
        perform(recorder.take(report, attempt: attempt))
        enqueue(
            .recorded(recorder.written, attempt: recorder.attempt, session: session),
            from: .coordinator, to: .coordinator)
    }

    private mutating func perform(_ actions: [RecordState.Action]) {
        for action in actions {
            switch action {
            case .write(let steps):
                let next = disk.recorded + world.shape.schedule.stepsPerIteration
                if steps.map(\.step) != Array(disk.recorded..<next) {
                    outcome.violations.append("lines out of their order")
                }
                disk.recorded = next
            case .save(let snapshot):
                enqueue(.diskHas(snapshot, session: session), from: .coordinator, to: .coordinator)
            }
        }
    }

    private mutating func finish() {
        guard disk.snapshot.step < world.shape.steps else {
            outcome.isFinished = true
            if disk.recorded < world.shape.steps { outcome.violations.append("lines are missing") }
            return
        }
        // It was drained, and everybody has left.
        for number in servers.keys.sorted() where number > 0 { addServer(number) }
        for number in workers.keys.sorted() {
            workers[number] = nil
            addWorker()
        }
        restartCoordinator()
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

    private mutating func perform(_ actions: [ParameterServerState.Action], ofServer number: Int) {
        for action in actions {
            switch action {
            case .send(let part, let numbers, let peer):
                if part.component == .weights, !world.isReference(part, numbers) {
                    outcome.violations.append(
                        "chunk \(part.chunk) of network \(part.network) at step \(part.steps.upperBound)"
                    )
                }
                send(.part(part, numbers), from: .server(number), to: node(of: peer))
            case .tell(let at, let peer): send(.at(at), from: .server(number), to: node(of: peer))
            case .fetch(let pull):
                send(
                    .pull(pull, from: .server(number)), from: .server(number), to: .server(0))
            case .stop(let reason): outcome.violations.append(reason)
            }
        }
    }

    private mutating func perform(_ actions: [WorkerState.Action], ofWorker number: Int) {
        for action in actions {
            switch action {
            case .pull(let pull):
                guard let keeper = keeper(of: pull.chunk, pull.network) else { continue }
                send(
                    .pull(pull, from: .worker(number)), from: .worker(number), to: .server(keeper))
            case .push(let task):
                let (push, sum) = task.message(pool: StoragePool())
                guard let keeper = keeper(of: push.chunk, push.network) else { continue }
                send(.push(push, sum), from: .worker(number), to: .server(keeper))
            case .begin: continue
            case .compute(let task):
                // One in three workers is ten times as slow.
                let ticks = number % 3 == 0 ? 30 : 3
                let result = LeafResult(
                    attempt: task.attempt, step: task.step, leaf: task.leaf,
                    message: world.message(task), duration: .milliseconds(10 * ticks))
                enqueue(
                    .leaf(result), from: .worker(number), to: .worker(number), after: ticks)
            }
        }
    }
}

internal import Cluster
internal import Wire

// Processes that are started, die, freeze, and are started again.
extension Simulation {
    /// The coordinator's own server: it keeps both networks, or only what others restore from.
    mutating func addSource() {
        let networks = slices == 0 ? world.shape.networks : []
        addServer(0, networks.map { .init(network: $0.name, index: 0, count: 1) })
    }

    mutating func addServer(_ number: Int) {
        let network = world.shape.networks[(number - 1) / slices].name
        addServer(
            number, [.init(network: network, index: (number - 1) % slices, count: slices)])
    }

    mutating func addServer(_ number: Int, _ slices: [Hello.Slice]) {
        born += 1
        servers[number] = ServerProcess(
            state: ParameterServerState(shape: world.shape, rules: world.rules, slices: slices),
            hello: Hello(
                build: "b", member: "server\(number).\(born)", host: "h", process: 1,
                endpoint: number == 0 ? "source" : "tcp://server\(number):1", slices: slices))
    }

    mutating func addWorker() { addWorker(lanes: Int.random(in: 1...2, using: &random)) }

    mutating func addWorker(lanes: Int) {
        born += 1
        workers[born] = WorkerProcess(
            state: WorkerState(shape: world.shape, member: "worker\(born)", lanes: lanes),
            hello: Hello(build: "b", member: "worker\(born)", host: "h", process: 1, lanes: lanes))
    }

    mutating func killServer(_ number: Int) {
        outcome.kills += 1
        replaceServer(number)
    }

    /// Starts another in the place of one that is gone.
    mutating func replaceServer(_ number: Int) {
        troubledAt = now
        // Whoever takes its place binds its endpoint for data, but is told nothing that the coordinator said to it.
        for time in queue.keys {
            queue[time]?.removeAll { $0.to == .server(number) && $0.2.isTold }
        }
        addServer(number)
    }

    mutating func killWorker(_ number: Int) {
        outcome.kills += 1
        removeWorker(number)
    }

    mutating func removeWorker(_ number: Int) {
        guard workers.removeValue(forKey: number) != nil else { return }
        while workers.count < (isTroubled ? 1 : minimumWorkers) { addWorker() }
    }

    /// Its memory is lost, with its own server's; what is on the disk is not.
    mutating func killCoordinator() {
        outcome.kills += 1
        restartCoordinator()
    }

    mutating func restartCoordinator() {
        troubledAt = now
        session += 1
        recorder = Self.recorder(world, disk)
        frozenUntil[.coordinator] = nil
        addSource()
        coordinator = Self.coordinator(
            world, slices, minimumWorkers, disk, session: session)
        perform(coordinator.start(now: instant))
    }

    /// Somebody asks the coordinator to end; when it has, everything is started again.
    mutating func drain() { receive(.drain) }

    /// Somebody asks a member to end.
    mutating func askToLeave(_ node: Node) {
        switch node {
        case .coordinator: drain()
        case .server(0): return
        case .server(let number): servers[number]?.asksToLeave = true
        case .worker(let number): workers[number]?.asksToLeave = true
        }
    }

    /// An engine asks all processes to end at once.
    mutating func askAllToEnd() {
        for number in servers.keys.sorted() { askToLeave(.server(number)) }
        for number in workers.keys.sorted() { askToLeave(.worker(number)) }
        drain()
    }

    mutating func freeze(_ node: Node, for ticks: Int) { frozenUntil[node] = now + ticks }

    mutating func cut(_ link: Link, for ticks: Int) { cutUntil[link] = now + ticks }
}

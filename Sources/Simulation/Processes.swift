internal import Cluster
internal import Wire

// These functions start, kill, freeze and restart processes.
extension Simulation {
    /// Adds the coordinator's own server, which keeps both networks, or only what others restore from.
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

    /// Starts another server in place of one that is gone.
    mutating func replaceServer(_ number: Int) {
        troubledAt = now
        // A successor binds the same endpoint for data, but does not get what the coordinator sent to its predecessor.
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

    /// The coordinator loses its memory, and that of its own server, but not what is on the disk.
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

    /// The coordinator is asked to end; once it has ended, everything is started again.
    mutating func drain() { receive(.drain) }

    /// A member is asked to end.
    mutating func askToLeave(_ node: Node) {
        switch node {
        case .coordinator: drain()
        case .server(0): return
        case .server(let number): servers[number]?.asksToLeave = true
        case .worker(let number): workers[number]?.asksToLeave = true
        }
    }

    /// A process manager asks all processes to end at once.
    mutating func askAllToEnd() {
        for number in servers.keys.sorted() { askToLeave(.server(number)) }
        for number in workers.keys.sorted() { askToLeave(.worker(number)) }
        drain()
    }

    mutating func freeze(_ node: Node, for ticks: Int) { frozenUntil[node] = now + ticks }

    mutating func cut(_ link: Link, for ticks: Int) { cutUntil[link] = now + ticks }
}

internal import Cluster
internal import Wire

// These functions carry messages between processes, and decide what they do on arrival.
extension Simulation {
    mutating func send(_ delivery: Delivery, from: Node, to: Node) {
        if isTroubled {
            if Double.random(in: 0..<1, using: &random) < lossRate { return }
            if let until = cutUntil[Link(from: from, to: to)], now < until { return }
            if Double.random(in: 0..<1, using: &random) < doubleRate {
                enqueue(delivery, from: from, to: to)
            }
        }
        enqueue(delivery, from: from, to: to)
    }

    /// Messages within a process may be late, but are never lost.
    mutating func enqueue(
        _ delivery: Delivery, from: Node, to: Node, after ticks: Int = 0
    ) {
        let time = now + ticks + Int.random(in: 1...longestDelay, using: &random)
        queue[time, default: []].append((from, to, delivery))
    }

    func node(of peer: Peer) -> Node {
        let name = String(decoding: peer.name, as: UTF8.self)
        if name == "coordinator" { return .coordinator }
        let kind = name.prefix { $0.isLetter }
        let number = Int(name.dropFirst(kind.count).prefix { $0 != "." }) ?? 0
        return kind == "server" ? .server(number) : .worker(number)
    }

    func peer(_ node: Node) -> Peer {
        switch node {
        case .coordinator: Peer(name: Array("coordinator".utf8))
        case .server(let number): Peer(name: Array((servers[number]?.hello.member ?? "").utf8))
        case .worker(let number): Peer(name: Array("worker\(number)".utf8))
        }
    }

    private func isFrozen(_ node: Node) -> Bool { frozenUntil[node].map { now < $0 } ?? false }

    mutating func tick() {
        let instant = instant
        if !isFrozen(.coordinator) { receive(.tick) }
        for number in servers.keys.sorted() where !isFrozen(.server(number)) {
            let hasNews = isBusy(number) ? false : turn(ofServer: number)
            guard servers[number]?.hello.slices.isEmpty == false else { continue }
            let actions = servers[number]?.membership.actions(now: instant, hasNews: hasNews) ?? []
            perform(actions, of: .server(number))
        }
        for number in workers.keys.sorted() where !isFrozen(.worker(number)) {
            receive(.tick, worker: number)
            perform(workers[number]?.membership.actions(now: instant) ?? [], of: .worker(number))
        }
    }

    private func isBusy(_ server: Int) -> Bool { now < servers[server]?.busyUntil ?? 0 }

    /// Lets the loop of a server take in what waits, and report its state.
    ///
    /// - Returns: Whether the coordinator should hear the report at once.
    private mutating func turn(ofServer number: Int) -> Bool {
        let inbox = servers[number]?.inbox ?? []
        servers[number]?.inbox = []
        servers[number]?.turnedAt = now
        for (event, session) in inbox {
            if let session { servers[number]?.session = session }
            receive(event, server: number)
        }
        receive(.tick, server: number)
        let said = heartbeat(ofServer: number)
        servers[number]?.said = said
        return servers[number]?.state.asksForMore() == true
    }

    /// Delivers an event at once, or in the loop's next turn.
    mutating func take(
        _ event: ParameterServerState.Event, session: String? = nil, server number: Int
    ) {
        if isBusy(number) || servers[number]?.inbox.isEmpty == false || session != nil {
            servers[number]?.inbox.append((event, session))
        } else {
            receive(event, server: number)
        }
    }

    private mutating func perform(_ actions: [Membership.Action], of node: Node) {
        let peer = peer(node)
        for action in actions {
            switch action {
            case .sayHello:
                guard let hello = hello(of: node) else { continue }
                send(.hello(hello, from: peer), from: node, to: .coordinator)
            case .heartbeat:
                guard let heartbeat = heartbeat(of: node) else { continue }
                send(.heartbeat(heartbeat, from: peer), from: node, to: .coordinator)
            case .complain, .redial, .giveUp: continue
            }
        }
    }

    mutating func deliver(_ delivery: Delivery, from: Node, to node: Node) {
        if isFrozen(node), let until = frozenUntil[node] {
            queue[until + 1, default: []].append((from, node, delivery))
            return
        }
        guard delivery.session.map({ $0 == session }) ?? true else { return }
        switch node {
        case .coordinator: deliverToCoordinator(delivery)
        case .server(let number): deliver(delivery, toServer: number)
        case .worker(let number): deliver(delivery, toWorker: number)
        }
    }

    private mutating func deliverToCoordinator(_ delivery: Delivery) {
        switch delivery {
        case .hello(let hello, let peer): receive(.hello(hello, from: peer, address: nil))
        case .heartbeat(let heartbeat, let peer): receive(.heartbeat(heartbeat, from: peer))
        case .chunk(let chunk, let numbers): receive(.chunk(chunk, numbers))
        case .diskHas(let snapshot, _):
            if disk.recorded < snapshot.step {
                outcome.violations.append("a checkpoint before its lines")
            }
            disk.snapshot = snapshot
            enqueue(.saved(snapshot.step, session: session), from: .coordinator, to: .coordinator)
        case .saved(let step, _): receive(.saved(step: step))
        case .recorded(let step, let attempt, _): receive(.recorded(step: step, attempt: attempt))
        default: return
        }
    }

    mutating func receive(_ event: CoordinatorState.Event) {
        perform(coordinator.receive(event, now: instant))
    }

    mutating func receive(_ event: ParameterServerState.Event, server number: Int) {
        let instant = instant
        if let actions = servers[number]?.state.receive(event, now: instant) {
            perform(actions, ofServer: number)
        }
    }

    private mutating func receive(_ event: WorkerState.Event, worker number: Int) {
        let instant = instant
        if let actions = workers[number]?.state.receive(event, now: instant) {
            perform(actions, ofWorker: number)
        }
    }

    func hello(of node: Node) -> Hello? {
        switch node {
        case .coordinator: return nil
        case .server(let number):
            var hello = servers[number]?.hello
            hello?.attempt = servers[number]?.said == nil ? 0 : servers[number]?.state.attempt ?? 0
            return hello
        case .worker(let number): return workers[number]?.hello
        }
    }

    func heartbeat(of node: Node) -> Heartbeat? {
        switch node {
        case .coordinator: return nil
        case .server(let number):
            guard let server = servers[number] else { return nil }
            return server.membership.heartbeat(
                of: server.hello.member, said: server.said,
                busy: .milliseconds(10 * (now - server.turnedAt)))
        case .worker(let number):
            guard let worker = workers[number] else { return nil }
            return Heartbeat(
                member: worker.hello.member, plan: worker.state.planNumber,
                attempt: worker.state.attempt, step: worker.state.step,
                leafSeconds: worker.state.leafSeconds(now: instant),
                session: worker.membership.session ?? "", asksToLeave: worker.asksToLeave)
        }
    }

    private func heartbeat(ofServer number: Int) -> Heartbeat? {
        guard let server = servers[number] else { return nil }
        return Heartbeat(
            member: server.hello.member, plan: server.state.planNumber,
            attempt: server.state.readyAttempt, step: server.state.step,
            reports: server.state.reports.map {
                .init(
                    step: $0.step, time: 0, measures: $0.measures, digest: $0.digest,
                    leaves: $0.leaves)
            }, session: server.session, furthest: server.state.furthest,
            asksToLeave: server.asksToLeave)
    }

    mutating func deliver(_ delivery: Delivery, toServer number: Int) {
        let instant = instant
        if delivery.isTold { servers[number]?.membership.hear(now: instant) }
        let event: ParameterServerState.Event
        switch delivery {
        case .welcome(let session):
            guard servers[number]?.membership.welcome(by: String(session)) == true else { return }
            return take(.newSession, session: String(session), server: number)
        case .introduce:
            servers[number]?.membership.introduce()
            return
        case .dismiss:
            guard servers[number]?.asksToLeave == true else { return }
            return leave(.server(number))
        case .plan(let plan, _): event = .plan(plan)
        case .acknowledge(let acknowledgement, _):
            event = .heard(step: acknowledgement.heard, attempt: acknowledgement.attempt)
        case .push(let push, let sum): event = .push(push, sum)
        case .pull(let pull, let node): event = .pull(pull, from: peer(node))
        case .chunk(let chunk, let numbers): event = .chunk(chunk, numbers)
        default: return
        }
        take(event, server: number)
    }

    /// A member that asked to leave does so; in place of a server, another one is started.
    private mutating func leave(_ node: Node) {
        if var heartbeat = heartbeat(of: node) {
            heartbeat.isLeaving = true
            send(.heartbeat(heartbeat, from: peer(node)), from: node, to: .coordinator)
        }
        switch node {
        case .coordinator: return
        case .server(let number): replaceServer(number)
        case .worker(let number): removeWorker(number)
        }
    }

    mutating func deliver(_ delivery: Delivery, toWorker number: Int) {
        let instant = instant
        if delivery.isTold { workers[number]?.membership.hear(now: instant) }
        let event: WorkerState.Event
        switch delivery {
        case .welcome(let session):
            guard workers[number]?.membership.welcome(by: String(session)) == true,
                let worker = workers[number]
            else { return }
            // A restarted coordinator numbers its plans from the beginning, so the worker starts from the beginning,
            // too.
            let shape = world.shape
            workers[number]?.state = WorkerState(
                shape: shape, member: worker.hello.member, lanes: worker.hello.lanes)
            return
        case .introduce:
            workers[number]?.membership.introduce()
            return
        case .dismiss:
            if workers[number]?.asksToLeave == true { leave(.worker(number)) }
            return
        case .plan(let plan, _): event = .plan(plan)
        case .chunk(let chunk, let numbers): event = .chunk(chunk, numbers)
        case .chunkStatus(let status): event = .chunkStatus(status)
        case .leaf(let result): event = .leaf(result)
        default: return
        }
        receive(event, worker: number)
    }
}

internal import Adversarial
internal import Cluster
internal import Tensors
internal import Wire

// These functions perform what the states decide.
extension Simulation {
    mutating func perform(_ actions: [CoordinatorState.Action]) {
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

    mutating func perform(_ action: CoordinatorState.Action) {
        switch action {
        case .welcome(let peer): tell(.welcome(session: session), peer)
        case .introduce(let peer): tell(.introduce(session: session), peer)
        case .plan(let plan, let peer): tell(.plan(plan, session: session), peer)
        case .acknowledge(let acknowledgement, let peer):
            tell(.acknowledge(acknowledgement, session: session), peer)
        case .dismiss(let peer):
            troubledAt = now
            tell(.dismiss(session: session), peer)
        case .probe(let acknowledgement, let peer):
            let isThere = self.peer(node(of: peer)) == peer
            guard isThere else { return receive(.unreachable(peer)) }
            tell(.acknowledge(acknowledgement, session: session), peer)
        case .pull(let pull):
            guard let keeper = keeper(of: pull.chunk, pull.network) else { return }
            send(.pull(pull, from: .coordinator), from: .coordinator, to: .server(keeper))
        case .persist(let attempt):
            if disk.attempt > 0 { outcome.restores += 1 }
            if isCalm { outcome.violations.append("all restored although none had died") }
            disk.attempt = attempt
        case .rewind(let snapshot, let attempt):
            let kept = recorder.rewind(to: snapshot.step, attempt: attempt)
            if kept > disk.recorded { outcome.violations.append("lines that were never written") }
            disk.recorded = kept
        case .offer(let snapshot, let attempt):
            take(.restorePoint(snapshot, attempt: attempt), server: 0)
        case .save(let snapshot):
            if !world.isReference(snapshot) {
                outcome.violations.append("the checkpoint of step \(snapshot.step)")
            }
            perform(recorder.save(snapshot))
        case .record(let report, let attempt): record(report, attempt)
        case .announce(.adopted): outcome.adoptions += 1
        case .fail(let reason): outcome.violations.append(reason)
        case .finish: finish()
        case .reject(_, let reject): outcome.violations.append("refused for its \(reject.field)")
        case .announce, .enrol, .remember: return
        }
    }

    private mutating func tell(_ delivery: Delivery, _ peer: Peer) {
        guard self.peer(node(of: peer)) == peer else { return }
        send(delivery, from: .coordinator, to: node(of: peer))
    }

    private mutating func record(_ report: Heartbeat.Report, _ attempt: Int) {
        if Set(report.leaves.flatMap(\.leaves)).count != world.shape.tree.leaves {
            outcome.violations.append("the ledger's leaves of step \(report.step)")
        }
        perform(recorder.take(report, attempt: attempt))
        enqueue(
            .recorded(recorder.written, attempt: recorder.attempt, session: session),
            from: .coordinator, to: .coordinator)
    }

    mutating func perform(_ actions: [RecordState.Action]) {
        for action in actions {
            switch action {
            case .write(let steps):
                let schedule = world.shape.schedule
                let next = schedule.firstStep(of: schedule.iteration(at: disk.recorded) + 1)
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
        // The run was asked to stop, and all members have left.
        outcome.repeated += max(0, disk.recorded - disk.snapshot.step)
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

    mutating func perform(_ actions: [ParameterServerState.Action], ofServer number: Int) {
        for action in actions {
            switch action {
            case .send(let chunk, let numbers, let peer):
                if chunk.component == .weights, !world.isReference(chunk, numbers) {
                    outcome.violations.append(
                        "chunk \(chunk.index) of network \(chunk.network) at step \(chunk.steps.upperBound)"
                    )
                }
                send(.chunk(chunk, numbers), from: .server(number), to: node(of: peer))
            case .tell(let status, let peer):
                send(.chunkStatus(status), from: .server(number), to: node(of: peer))
            case .fetch(let pull):
                send(
                    .pull(pull, from: .server(number)), from: .server(number), to: .server(0))
            case .stop(let reason): outcome.violations.append(reason)
            }
        }
    }

    mutating func perform(_ actions: [WorkerState.Action], ofWorker number: Int) {
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
                var ticks = number % 3 == 0 ? 30 : 3
                if isCrowded, Double.random(in: 0..<1, using: &random) < 0.002 { ticks = 1_000 }
                let result = LeafResult(
                    attempt: task.attempt, step: task.step, leaf: task.leaf,
                    message: world.message(task), duration: .milliseconds(10 * ticks))
                enqueue(
                    .leaf(result), from: .worker(number), to: .worker(number), after: ticks)
            }
        }
    }
}

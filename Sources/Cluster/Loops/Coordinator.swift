internal import Adversarial
internal import Evaluation
internal import Foundation
package import Hashing
internal import NeuralNetworks
internal import Platform
package import Recipes
internal import Tensors
package import Wire

/// The process, or thread, that holds a run's plan, members and folder.
package struct Coordinator: Sendable {
    package struct Options: Sendable {
        /// Where members say hello: an endpoint, with port 0 or `*` for one that the kernel chooses.
        package var listen: String
        package var output: String
        package var isResuming: Bool
        /// What stays of the run's data with it; nil: what was kept before, or nothing.
        package var extract: DataExtract?
        /// Slices a network that processes of their own keep; 0: this process keeps both networks.
        package var slices: Int
        package var minimumWorkers: Int
        package var watch: Watch?
        /// What the run begins with; nil: new weights.
        package var start: Start?
        /// Asks the run to end before its last iteration.
        package var ending: Ending
        /// Whether members prove that their arithmetic is the run's: within one process it is.
        package var provesMembers: Bool

        package init(
            listen: String, output: String, isResuming: Bool, extract: DataExtract? = nil,
            slices: Int = 0, minimumWorkers: Int = 1, watch: Watch? = nil, start: Start? = nil,
            ending: Ending = Ending(), provesMembers: Bool = true
        ) {
            self.listen = listen
            self.output = output
            self.isResuming = isResuming
            self.extract = extract
            self.slices = slices
            self.minimumWorkers = minimumWorkers
            self.watch = watch
            self.start = start
            self.ending = ending
            self.provesMembers = provesMembers
        }
    }

    private let context: Context
    private let run: Run
    private let options: Options
    private let folder: RunFolder
    private let restored: Snapshot?
    /// What the threads beside the loop come to.
    private let outcomes = Mailbox<Result<RunRecorder.Outcome, any Error>>(wakeup: Wakeup())
    /// Writes an event down and passes it on.
    private let observe: @Sendable (RunEvent) -> Void

    /// Opens the run's folder.
    ///
    /// - Parameter observe: Hears what happens, on whichever thread it does.
    /// - Throws: ``FolderError`` or ``Departure`` where there can be no such run.
    package init(
        context: Context, run: Run, options: Options,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) throws {
        self.context = context
        self.run = run
        self.options = options
        let isThere = RunFolder.holdsRun(options.output)
        folder = try RunFolder(path: options.output, run: run, isResuming: options.isResuming)
        let log = try EventLog(folder: options.output)
        self.observe = { event in
            log.write(event, at: Date())
            observe(event)
        }
        if options.isResuming, !isThere {
            self.observe(.nothingToResume(folder: options.output))
        }
        let newest =
            options.isResuming
            ? try Checkpoint.newest(in: options.output, of: run, isTraining: true) : nil
        restored = newest ?? options.start?.snapshot
        if let restored, restored.step > run.steps {
            let iteration = restored.iteration(of: run)
            throw Departure.configuration(
                "\(options.output): expected at most \(run.settings.iterations) iterations, found a checkpoint of \(iteration); --iterations \(iteration) or more goes on"
            )
        }
    }

    /// Ends the run with what went wrong on another thread of this process.
    func fail(_ error: any Error) { outcomes.put(.failure(error)) }

    /// Leads the run to its end.
    ///
    /// - Returns: The hash of the final weights.
    /// - Throws: ``Collapse`` where that ended the run.
    package func lead() throws -> Digest {
        let snapshot = restored ?? .initial(of: run)
        observe(
            .begun(
                recipe: run.recipe.name, seed: run.settings.seed,
                iteration: snapshot.iteration(of: run), build: buildName))
        do {
            let weights = try lead(from: snapshot)
            observe(.done(weights: weights.description))
            return weights
        } catch {
            let isTemporary = (error as? Departure)?.isTemporary == true
            observe(
                isTemporary ? .interrupted(reason: "\(error)") : .failed(reason: "\(error)"))
            throw error
        }
    }

    private func lead(from snapshot: Snapshot) throws -> Digest {
        precondition(Timeouts.areChained, "a timeout is shorter than what it waits for")
        options.ending.begin()
        // Members on other hosts may have missed the end.
        if snapshot.step == run.steps, options.listen.endpointHost == nil {
            return try resultOfFinishedRun(snapshot)
        }
        let control = try Socket(.router, .control, in: context)
        let endpoint = try control.bind(options.listen)
        defer { removeSocketFiles() }
        options.ending.beforeEnd(removeSocketFiles)
        let inside = "inproc://control-\(newMemberName())"
        _ = try control.bind(inside)
        let restorePoints = Mailbox<(snapshot: Snapshot, attempt: Int)>(wakeup: Wakeup())
        // A server whose run ended before its time is not to wait for the coordinator.
        let serverEnding = Ending()
        defer { serverEnding.ask() }
        let (source, serverEnd) = try startServer(inside, restorePoints, serverEnding)
        try folder.begin(run, keeping: options.extract)
        Failpoint.runBegun.reach()
        observe(.listening(endpoint: endpoint))
        let digest = try lead(
            from: snapshot, control, source: source, restorePoints)
        _ = serverEnd.wait(timeout: .now() + .seconds(Int(Timeouts.farewell.components.seconds)))
        return digest
    }

    private func removeSocketFiles() {
        for endpoint in [options.listen, options.listen.dataEndpoint] {
            endpoint.removeSocketFile()
        }
    }

    /// The thread that answers for data here: both networks, or only what others restore from.
    private func startServer(
        _ coordinator: String, _ restorePoints: Mailbox<(snapshot: Snapshot, attempt: Int)>,
        _ ending: Ending
    ) throws -> (source: String, end: DispatchSemaphore) {
        let slices =
            options.slices == 0
            ? run.networks.map { Hello.Slice(network: $0.name, index: 0, count: 1) } : []
        let listen = options.listen.dataEndpoint
        let server = ParameterServer(
            context: context, coordinator: coordinator, listen: listen, slices: slices,
            recipes: [run.recipe], largestChunk: ClusterShape(run).chunkBytes, ending: ending,
            say: { _ in })
        let bound = Promise<Result<String, any Error>>()
        let end = DispatchSemaphore(value: 0)
        try SystemThread("server") { [outcomes] in
            do {
                _ = try server.serve(restorePoints: restorePoints) { bound.give(.success($0)) }
            } catch {
                bound.give(.failure(error))
                outcomes.put(.failure(error))
            }
            end.signal()
        }
        return (try bound.take().get(), end)
    }

    private func lead(
        from snapshot: Snapshot, _ control: borrowing Socket, source: String,
        _ restorePoints: Mailbox<(snapshot: Snapshot, attempt: Int)>
    ) throws -> Digest {
        let shape = ClusterShape(run)
        let recorder = try RunRecorder(
            run: run, folder: folder, attempt: try folder.attempt, watch: options.watch,
            outcomes: outcomes, observe: observe)
        defer { recorder.close() }
        let session = newMemberName()
        var state = CoordinatorState(
            shape: shape,
            configuration: .init(
                build: buildName, session: session, recipe: run.recipe.name, slices: options.slices,
                minimumWorkers: options.minimumWorkers, source: source, proofs: try proofs()),
            snapshot: snapshot, attempt: try folder.attempt)
        let connections = DataConnections(context: context, shape: shape, coordinator: source)
        // The newest on disk, and the one that is being written.
        var (newest, next) = (snapshot, snapshot)
        var isDraining = false
        var actions = state.start(now: .now)
        var isToResume = options.isResuming
        var nextTick = ContinuousClock.now
        while true {
            var unreachable: [Peer] = []
            for action in actions {
                switch action {
                case .welcome(let peer):
                    let welcome = Welcome(
                        yaml: run.yaml, run: run.identity.description, session: session,
                        needsProof: options.provesMembers)
                    tell(welcome, peer, control)
                    Failpoint.memberWelcomed.reach()
                case .reject(let peer, let reject): tell(reject, peer, control)
                case .introduce(let peer): tell(kind: .introduce, peer, control)
                case .acknowledge(let acknowledgement, let peer):
                    tell(acknowledgement, peer, control)
                case .dismiss(let peer): tell(kind: .dismiss, peer, control)
                case .probe(let acknowledgement, let peer):
                    let frames = [
                        Frame(copying: peer.name), Frame(copying: acknowledgement.encoded),
                    ]
                    if control.findsNobody(frames) { unreachable.append(peer) }
                case .plan(let plan, let peer):
                    connections.follow(plan)
                    tell(plan, peer, control)
                    (plan.isDone ? Failpoint.doneTold : .planTold).reach()
                case .pull(let pull):
                    try connections.send(
                        [Frame(copying: pull.encoded)], toKeeperOf: pull.chunk, of: pull.network)
                case .persist(let attempt):
                    try folder.persist(attempt: attempt)
                    Failpoint.attemptPersisted.reach()
                case .offer(let snapshot, let attempt): restorePoints.put((snapshot, attempt))
                case .rewind(let snapshot, let attempt):
                    recorder.rewind(to: snapshot, attempt: attempt)
                case .save(let snapshot):
                    next = snapshot
                    Failpoint.snapshotCollected.reach()
                    recorder.save(snapshot)
                case .record(let report, let attempt):
                    // Servers have what they start from. A later restore makes these numbers again, and takes a moment longer.
                    newest.rest()
                    recorder.record(report, attempt: attempt)
                case .enrol(let hello): recorder.enrol(hello)
                case .remember(let proof): recorder.remember(proof: proof)
                case .announce(let event): observe(event)
                case .fail(let reason): throw Departure.failure(reason)
                case .finish:
                    recorder.close()
                    let isDone = newest.step >= run.steps && !recorder.measuring.owesMeasures
                    guard !isDraining || isDone || recorder.measuring.collapse != nil else {
                        throw Departure.temporary(
                            newest.step > 0
                                ? "ended as asked, at the checkpoint of iteration \(newest.iteration(of: run)); --resume goes on"
                                : "ended as asked, before the first iteration was done; --resume begins it again"
                        )
                    }
                    return try result(recorder, newest)
                }
            }
            if isToResume { recorder.resume(from: snapshot) }
            isToResume = false
            wait(
                on: [control.handle] + connections.handles, wakeup: outcomes.wakeup,
                milliseconds: 50)
            let now = ContinuousClock.now
            actions = unreachable.flatMap { state.receive(.unreachable($0), now: now) }
            while let frames = control.receive() { actions += receive(frames, &state, now: now) }
            for message in connections.receive() {
                switch message {
                case .chunk(let chunk, let numbers):
                    actions += state.receive(.chunk(chunk, numbers), now: now)
                case .push, .pull, .chunkStatus: continue
                }
            }
            for result in outcomes.takeAll() {
                switch try result.get() {
                case .saved(let step):
                    newest = next
                    actions += state.receive(.saved(step: step), now: now)
                case .recorded(let step, let attempt):
                    actions += state.receive(.recorded(step: step, attempt: attempt), now: now)
                case .enough: actions += state.receive(.enough, now: now)
                }
            }
            if options.ending.isAsked, !isDraining {
                isDraining = true
                recorder.hurry()
                actions += state.receive(.drain, now: now)
            }
            if now >= nextTick {
                nextTick = now + .milliseconds(50)
                actions += state.receive(.tick, now: now)
            }
        }
    }

    private func proofs() throws -> CoordinatorState.Configuration.Proofs? {
        guard options.provesMembers else { return nil }
        return .init(
            updates: Proof.ofUpdates(run).description, instructions: InstructionSet.inUse,
            leaves: folder.proof)
    }

    /// What a run that has nothing left to train comes to: the same as when it had just been trained.
    private func resultOfFinishedRun(_ snapshot: Snapshot) throws -> Digest {
        let recorder = try RunRecorder(
            run: run, folder: folder, attempt: try folder.attempt, watch: options.watch,
            outcomes: outcomes, observe: observe)
        recorder.resume(from: snapshot)
        recorder.close()
        for outcome in outcomes.takeAll() { _ = try outcome.get() }
        return try result(recorder, snapshot)
    }

    /// - Parameter recorder: A closed one.
    private func result(_ recorder: RunRecorder, _ newest: Snapshot) throws -> Digest {
        if let collapse = recorder.measuring.collapse { throw collapse }
        return Checkpoint.weightsDigest(try best(recorder) ?? newest, of: run)
    }

    /// The checkpoint that the watched metric is best at.
    private func best(_ recorder: RunRecorder) throws -> Snapshot? {
        guard let iteration = recorder.measuring.best,
            let metric = options.watch?.stopping?.metric
        else {
            return nil
        }
        observe(.chosen(iteration: iteration, metric: metric, folder: options.output))
        guard let best = try Checkpoint.newest(in: options.output, of: run, at: iteration) else {
            throw FolderError(
                "\(options.output): expected the checkpoint of iteration \(iteration), which is the best by \(metric), found that it was removed; --iterations \(iteration) with another --output trains it again"
            )
        }
        return best
    }

    private func receive(
        _ frames: [Frame], _ state: inout CoordinatorState, now: ContinuousClock.Instant
    ) -> [CoordinatorState.Action] {
        guard frames.count == 2, let kind = frames[1].bytes.first.flatMap(MessageKind.init) else {
            return []
        }
        let peer = Peer(name: Array(frames[0].bytes))
        switch kind {
        case .hello:
            guard let hello = try? Hello(decoding: frames[1].bytes) else { return [] }
            return state.receive(
                .hello(hello, from: peer, address: frames[1].peerAddress), now: now)
        case .heartbeat:
            guard let heartbeat = try? Heartbeat(decoding: frames[1].bytes) else { return [] }
            return state.receive(.heartbeat(heartbeat, from: peer), now: now)
        default: return []
        }
    }

    private func tell(_ message: some Message, _ peer: Peer, _ control: borrowing Socket) {
        control.send([Frame(copying: peer.name), Frame(copying: message.encoded)])
    }

    private func tell(kind: MessageKind, _ peer: Peer, _ control: borrowing Socket) {
        control.send([Frame(copying: peer.name), Frame(copying: [kind.rawValue])])
    }
}

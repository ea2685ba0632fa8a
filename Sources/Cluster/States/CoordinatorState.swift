package import Tensors
package import Wire

/// What a coordinator decides; performs no I/O.
///
/// It only gives hints: who should compute which leaves, who keeps which chunks, how far the run may go. What is
/// durable besides checkpoints is one integer, the attempt, which is written before it is used.
package struct CoordinatorState {
    package enum Event {
        /// `address` is the peer's host as the socket sees it.
        case hello(Hello, from: Peer, address: String?)
        case beat(Beat, from: Peer)
        case part(Part, Storage)
        case at(At)
        /// The snapshot of a step is on disk.
        case saved(step: Int)
        /// There is no reason to go on, though the last step is not done.
        case enough
        case tick
    }

    package enum Action {
        case welcome(Peer)
        case reject(Peer, Reject)
        case introduce(Peer)
        case current(Peer)
        case plan(Plan, Peer)
        /// To the server that keeps the chunk.
        case pull(Pull)
        /// Must be on disk before anything that follows.
        case persist(attempt: Int)
        /// From here on, servers may restore from this.
        case offer(Snapshot, attempt: Int)
        case save(Snapshot)
        case record(Beat.Report)
        case say(String)
        /// The run cannot go on.
        case fail(String)
        /// The run is over, and everybody knows it.
        case finish
    }

    /// After this long without a beat, a member is taken for dead.
    package static let silence = Duration.seconds(3)
    private static let recollectInterval = Duration.seconds(1)

    package struct Configuration: Sendable {
        package var build: String
        package var recipe: String
        /// Slices a network that processes of their own keep; 0 where the coordinator's process keeps both networks.
        package var slices: Int
        package var minimumWorkers: Int
        /// Where the coordinator's process answers for data.
        package var source: String
        /// Whether the run waits for checkpoints rather than leave one out: what is decided by them must not depend on speed.
        package var keepsEveryCheckpoint: Bool

        package init(
            build: String, recipe: String, slices: Int, minimumWorkers: Int, source: String,
            keepsEveryCheckpoint: Bool = false
        ) {
            self.build = build
            self.recipe = recipe
            self.slices = slices
            self.minimumWorkers = minimumWorkers
            self.source = source
            self.keepsEveryCheckpoint = keepsEveryCheckpoint
        }
    }

    private struct Member {
        var hello: Hello
        var peer: Peer
        var endpoint: String
        var lastHeard: ContinuousClock.Instant
        var attempt = 0
        var isLeaving = false

        var isWorker: Bool { hello.lanes > 0 }
    }

    private let shape: ClusterShape
    private let configuration: Configuration
    /// In the order they joined.
    private var members: [Member] = []
    private var plan: Plan
    private var hasStarted = false
    /// The newest checkpoint: what a new attempt starts from.
    private var newest: Snapshot
    /// The step of the last checkpoint that is on disk.
    private var savedStep: Int
    /// The next checkpoint; nil while the last is being written.
    private var collecting: SnapshotAssembly?
    private var collectedAt: ContinuousClock.Instant?
    private var doneAt: ContinuousClock.Instant?
    private var tickedAt: ContinuousClock.Instant?
    private var lastWord = ""

    /// - Parameters:
    ///   - snapshot: The newest checkpoint, or the state before the first step.
    ///   - attempt: The last one that was used.
    package init(
        shape: ClusterShape, configuration: Configuration, snapshot: Snapshot, attempt: Int
    ) {
        self.shape = shape
        self.configuration = configuration
        newest = snapshot
        savedStep = snapshot.step
        collecting = SnapshotAssembly(step: shape.boundary(after: snapshot.step), shape: shape)
        plan = Plan(
            number: 1, attempt: attempt, restoreStep: snapshot.step, until: snapshot.step,
            source: configuration.source)
    }

    /// Begins the first attempt of this process.
    package mutating func start(now: ContinuousClock.Instant) -> [Action] {
        newAttempt() + tick(now: now)
    }

    package mutating func receive(_ event: Event, now: ContinuousClock.Instant) -> [Action] {
        switch event {
        case .hello(let hello, let peer, let address):
            admit(hello, from: peer, address: address, now: now)
        case .beat(let beat, let peer): hear(beat, from: peer, now: now)
        case .part(let part, let numbers): collect(part, numbers)
        case .at(let at): skip(at)
        case .saved(let step): saved(step, now: now)
        case .enough: end(now: now)
        case .tick: tick(now: now)
        }
    }

    // MARK: Members

    private mutating func admit(
        _ hello: Hello, from peer: Peer, address: String?, now: ContinuousClock.Instant
    ) -> [Action] {
        if let reject = objection(to: hello) {
            return [
                .reject(peer, reject),
                .say(
                    "turned away \(hello.host): \(reject.field) is \(reject.found), not \(reject.expected)"
                ),
            ]
        }
        var actions: [Action] = [.welcome(peer)]
        if let index = members.firstIndex(where: { $0.hello.member == hello.member }) {
            members[index].peer = peer
            members[index].lastHeard = now
            return actions + [.plan(plan, peer)]
        }
        // A server that comes again has lost its state; so has one that somebody else replaces.
        let replaced = members.filter {
            !$0.isWorker && !Set($0.hello.slices).isDisjoint(with: hello.slices)
        }
        // One that was heard just now may live: the newcomer says hello again, until it is silent.
        if replaced.contains(where: { now - $0.lastHeard < Self.silence / 2 }) { return [] }
        members.removeAll { member in replaced.contains { $0.hello.member == member.hello.member } }
        let endpoint = hello.endpoint.replacingHost("0.0.0.0", by: address)
        members.append(Member(hello: hello, peer: peer, endpoint: endpoint, lastHeard: now))
        let kind = hello.lanes > 0 ? "worker" : "parameter server"
        actions.append(
            .say(
                "\(kind) \(hello.member.prefix(6)) on \(hello.host) joined\(hello.lanes > 0 ? ", \(hello.lanes) lanes" : "")"
            ))
        if !replaced.isEmpty { actions += newAttempt() }
        return actions + replan()
    }

    private func objection(to hello: Hello) -> Reject? {
        func reject(_ field: String, _ expected: String, _ found: String) -> Reject {
            Reject(field: field, expected: expected, found: found)
        }
        if hello.protocolVersion != protocolVersion {
            return reject("protocol", String(protocolVersion), String(hello.protocolVersion))
        }
        if hello.build != configuration.build {
            return reject("build", configuration.build, hello.build)
        }
        if !hello.recipe.isEmpty, hello.recipe != configuration.recipe {
            return reject("recipe", configuration.recipe, hello.recipe)
        }
        let isEmbedded = hello.endpoint == configuration.source
        guard hello.lanes > 0 || isEmbedded || hello.endpoint.isEndpoint else {
            return reject("endpoint", "one such as tcp://HOST:PORT", "'\(hello.endpoint)'")
        }
        for slice in hello.slices {
            guard slice.count > 0, slice.index >= 0, slice.index < slice.count else {
                return reject("slice", "one of its count", "\(slice.index + 1)/\(slice.count)")
            }
            guard let (network, chunks) = shape.chunks(of: slice) else {
                return reject(
                    "network", shape.networks.map(\.name).joined(separator: " or "), slice.network)
            }
            guard isEmbedded || slice.count == configuration.slices else {
                let expected =
                    configuration.slices == 0
                    ? "none: the coordinator keeps the networks itself"
                    : "1/\(configuration.slices) to \(configuration.slices)/\(configuration.slices)"
                return reject("slice", expected, "\(slice.index + 1)/\(slice.count)")
            }
            if chunks.isEmpty {
                return reject(
                    "slice",
                    "at most \(shape.chunks(of: network).count) slices of the \(slice.network)",
                    "\(slice.count)")
            }
        }
        return nil
    }

    private mutating func hear(_ beat: Beat, from peer: Peer, now: ContinuousClock.Instant)
        -> [Action]
    {
        guard let index = members.firstIndex(where: { $0.hello.member == beat.member }) else {
            return doneAt == nil ? [.introduce(peer)] : [.plan(plan, peer)]
        }
        members[index].lastHeard = now
        members[index].peer = peer
        members[index].attempt = beat.attempt
        members[index].isLeaving = beat.isLeaving
        let reports = beat.attempt == plan.attempt ? beat.reports : []
        var actions = reports.filter { $0.step < shape.steps }.map { Action.record($0) }
        if !beat.failure.isEmpty {
            actions.append(.say("\(members[index].hello.host): \(beat.failure)"))
            if !members[index].isWorker { return actions + [.fail(beat.failure)] }
        }
        if beat.isLeaving && doneAt == nil {
            actions += remove { $0.hello.member == beat.member }
        } else {
            actions += grant()
            let isCurrent = beat.plan == plan.number && beat.attempt == plan.attempt
            actions.append(isCurrent ? .current(peer) : .plan(plan, peer))
        }
        if doneAt != nil && members.allSatisfy(\.isLeaving) { actions.append(.finish) }
        return actions
    }

    private mutating func remove(_ isGone: (Member) -> Bool) -> [Action] {
        let gone = members.filter(isGone)
        guard !gone.isEmpty else { return [] }
        members.removeAll(where: isGone)
        var actions: [Action] = gone.map {
            .say(
                "\($0.isWorker ? "worker" : "parameter server") \($0.hello.member.prefix(6)) on \($0.hello.host) is gone"
            )
        }
        if gone.contains(where: { !$0.hello.slices.isEmpty }) { actions += newAttempt() }
        return actions + replan()
    }

    // MARK: The plan

    /// Everybody restores the newest checkpoint: the one path of start, resume and lost servers.
    private mutating func newAttempt() -> [Action] {
        plan.attempt += 1
        plan.restoreStep = newest.step
        plan.until = newest.step
        collect(shape.boundary(after: newest.step))
        return [.persist(attempt: plan.attempt), .offer(newest, attempt: plan.attempt)]
    }

    private mutating func replan() -> [Action] {
        plan.number += 1
        plan.leaves = assignedLeaves()
        plan.chunks = members.filter { !$0.isWorker }.flatMap { member in
            member.hello.slices.compactMap { slice in
                shape.chunks(of: slice).map {
                    Plan.ChunkRange(
                        network: slice.network, chunks: $0.chunks, endpoint: member.endpoint)
                }
            }
        }
        return grant(always: true)
    }

    /// Leaves in runs, by the lanes of each worker, so that most sums are made where the leaves are.
    private func assignedLeaves() -> [Plan.LeafRange] {
        let workers = members.filter(\.isWorker)
        let lanes = workers.reduce(0) { $0 + $1.hello.lanes }
        guard lanes > 0 else { return [] }
        var before = 0
        return workers.map { worker in
            let first = before * shape.tree.leaves / lanes
            before += worker.hello.lanes
            return Plan.LeafRange(
                member: worker.hello.member, leaves: first..<(before * shape.tree.leaves / lanes))
        }
    }

    /// Lets the run go on as far as it may: to its end, once every chunk has a server that is ready.
    private mutating func grant(always: Bool = false) -> [Action] {
        let ready = members.filter { !$0.isWorker && $0.attempt == plan.attempt }
        let isKept = shape.networks.indices.allSatisfy { network in
            let kept = ready.flatMap { $0.hello.slices.compactMap(shape.chunks(of:)) }.filter {
                $0.network == network
            }
            return Set(kept.flatMap(\.chunks)).count == shape.chunks(of: network).count
        }
        let workers = members.count(where: \.isWorker)
        hasStarted = hasStarted || (isKept && workers >= configuration.minimumWorkers)
        let until = isKept && hasStarted ? max(plan.until, horizon) : plan.until
        guard always || until != plan.until else { return [] }
        if until != plan.until { plan.number += 1 }
        plan.until = until
        return members.map { .plan(plan, $0.peer) }
    }

    /// How far the run may go.
    ///
    /// Servers keep the numbers of two boundaries.
    private var horizon: Int {
        guard configuration.keepsEveryCheckpoint else { return shape.steps }
        return min(shape.steps, shape.boundary(after: shape.boundary(after: savedStep)))
    }

    // MARK: Checkpoints

    private mutating func collect(_ part: Part, _ numbers: Storage) -> [Action] {
        guard part.run == shape.run, part.attempt == plan.attempt,
            let snapshot = collecting?.insert(part, numbers)
        else {
            return []
        }
        newest = snapshot
        collecting = nil
        return [.save(snapshot)]
    }

    private mutating func collect(_ step: Int) {
        collecting = SnapshotAssembly(step: step, shape: shape)
        collectedAt = nil
    }

    /// The servers are past the boundary and kept nothing of it: on to the next.
    private mutating func skip(_ at: At) -> [Action] {
        guard at.run == shape.run, at.attempt == plan.attempt, let step = collecting?.step,
            at.wanted == step, at.next > step, step < shape.steps
        else { return [] }
        collect(min(shape.boundary(after: at.next - 1), shape.steps))
        return []
    }

    private mutating func saved(_ step: Int, now: ContinuousClock.Instant) -> [Action] {
        savedStep = max(savedStep, step)
        guard step >= shape.steps else {
            if collecting == nil { collect(shape.boundary(after: step)) }
            return grant()
        }
        return end(now: now)
    }

    private mutating func end(now: ContinuousClock.Instant) -> [Action] {
        guard doneAt == nil else { return [] }
        doneAt = now
        plan.isDone = true
        plan.number += 1
        return members.map { .plan(plan, $0.peer) } + (members.isEmpty ? [.finish] : [])
    }

    // MARK: Time

    private mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        if let doneAt { return now - doneAt > Self.silence ? [.finish] : [] }
        if let tickedAt, now - tickedAt > .seconds(1) {
            // It was this process that slept: nobody can be blamed for silence.
            for index in members.indices { members[index].lastHeard = now }
        }
        tickedAt = now
        var actions = remove { now - $0.lastHeard > Self.silence }
        if plan.until > plan.restoreStep, let collecting, collecting.step <= shape.steps,
            collectedAt.map({ now - $0 >= Self.recollectInterval }) ?? true
        {
            collectedAt = now
            actions += collecting.pulls(attempt: plan.attempt).map { .pull($0) }
        }
        let word = waitingFor
        if word != lastWord {
            lastWord = word
            if !word.isEmpty { actions.append(.say(word)) }
        }
        return actions
    }

    /// What the run is waiting for, in words; empty while it runs.
    private var waitingFor: String {
        let workers = members.count(where: \.isWorker)
        let kept = Set(members.flatMap(\.hello.slices))
        let wanted = shape.networks.flatMap { network in
            (0..<configuration.slices).map {
                Hello.Slice(network: network.name, index: $0, count: configuration.slices)
            }
        }
        let absent = wanted.filter { !kept.contains($0) }.map {
            "\($0.network) \($0.index + 1)/\($0.count)"
        }
        if !absent.isEmpty {
            return "waiting for parameter servers: \(absent.joined(separator: ", "))"
        }
        if !hasStarted, workers < configuration.minimumWorkers {
            return "waiting for workers: \(workers) of \(configuration.minimumWorkers)"
        }
        return workers == 0 ? "waiting for a worker" : ""
    }
}

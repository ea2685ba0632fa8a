internal import Adversarial
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
        /// The snapshot of a step is on disk.
        case saved(step: Int)
        /// The reports of all steps below this one are on disk.
        case recorded(step: Int, attempt: Int)
        /// There is no reason to go on, though the last step is not done.
        case enough
        /// Whoever started this process wants it to end: at the next whole iteration, which is saved.
        case drain
        /// What was sent to a peer found no connection.
        case unreachable(Peer)
        case tick
    }

    package enum Action {
        case welcome(Peer)
        case reject(Peer, Reject)
        case introduce(Peer)
        case current(Current, Peer)
        /// A member that asked to leave may.
        case dismiss(Peer)
        /// Say the same to a member that has been silent, to learn whether its connection is still there.
        case probe(Current, Peer)
        case plan(Plan, Peer)
        /// To the server that keeps the chunk.
        case pull(Pull)
        /// Must be on disk before anything that follows.
        case persist(attempt: Int)
        /// From here on, servers may restore from this.
        case offer(Snapshot, attempt: Int)
        case save(Snapshot)
        /// Lines of what was computed after this snapshot count no more.
        case rewind(to: Snapshot, attempt: Int)
        case record(Beat.Report, attempt: Int)
        case enrol(Hello)
        /// The first worker's leaves are what others' are compared with, from here on.
        case remember(proof: String)
        case say(String)
        /// The run cannot go on.
        case fail(String)
        /// The run is over, and everybody knows it.
        case finish
    }

    private let shape: ClusterShape
    private var configuration: Configuration
    private var roster = Roster()
    private var clock = WakingClock()
    private var plan: Plan
    /// Until when servers that live on from before this process may say so; nil once they did, or did not.
    private var adoptsUntil: Duration?
    /// The newest checkpoint on disk: what a new attempt starts from.
    private var newest: Snapshot
    private var next: Next
    private var pace: GrantPace
    /// Where the run is to stop; nil where it is to go on.
    private var stop: Stop?
    /// How often everybody has restored the newest checkpoint; nil before the first attempt.
    private var fruitless: Int?
    /// Steps whose lines are being written.
    private var recording: Set<Int> = []
    private var doneAt: Duration?
    /// Whether the run was done before this process began: then nobody knows who has yet to hear so.
    private var isLate = false
    private var weighedAt: Duration?
    private var lastWord = ""
    /// Servers that offer what another keeps.
    private var spares: Set<String> = []
    /// Since when the run has been waiting for members; nil while it does not.
    private var waitsSince: Duration?

    /// The checkpoint after the newest.
    private enum Next {
        case collecting(SnapshotAssembly, askedAt: Duration?)
        case writing(Snapshot)
    }

    /// A stop at a whole iteration, which is saved there though it may be off the schedule.
    ///
    /// Servers that have gone further already say so: it moves on then, until all have stopped at one step.
    private struct Stop {
        var step: Int
        /// The first plan that said so.
        var plan: Int
        let since: Duration
        /// Whether the run ends there; otherwise members leave, and it goes on.
        var isFinal: Bool
    }

    /// - Parameters:
    ///   - snapshot: The newest checkpoint, or the state before the first step.
    ///   - attempt: The last one that was used.
    package init(
        shape: ClusterShape, configuration: Configuration, snapshot: Snapshot, attempt: Int
    ) {
        self.shape = shape
        self.configuration = configuration
        newest = snapshot
        next = .collecting(
            SnapshotAssembly(step: shape.boundary(after: snapshot.step), shape: shape),
            askedAt: nil)
        pace = GrantPace(stepsPerIteration: shape.schedule.mostStepsPerIteration)
        plan = Plan(
            number: 1, attempt: attempt, restoreStep: snapshot.step, until: snapshot.step,
            source: configuration.source)
    }

    /// Begins: with servers that live on from before, where there may be some, otherwise with a new attempt.
    ///
    /// Of a run that is done, members that do not know it hear so.
    package mutating func start(now: ContinuousClock.Instant) -> [Action] {
        clock.look(at: now)
        guard newest.step < shape.steps else {
            doneAt = clock.now
            isLate = true
            plan.isDone = true
            return []
        }
        guard configuration.slices > 0, plan.attempt > 0 else {
            return newAttempt() + tick()
        }
        adoptsUntil = clock.now + Timeouts.adoption
        return [.offer(newest, attempt: plan.attempt)] + tick()
    }

    package mutating func receive(_ event: Event, now: ContinuousClock.Instant) -> [Action] {
        clock.look(at: now)
        return switch event {
        case .hello(let hello, let peer, let address): admit(hello, from: peer, address: address)
        case .beat(let beat, let peer): hear(beat, from: peer)
        case .part(let part, let numbers): collect(part, numbers)
        case .saved(let step): saved(step)
        case .recorded(let step, let attempt): recorded(step, attempt)
        case .enough: end()
        case .drain: drain()
        case .unreachable(let peer): lose(peer)
        case .tick: tick()
        }
    }

    // MARK: Members

    private mutating func admit(_ hello: Hello, from peer: Peer, address: String?) -> [Action] {
        if let reject = configuration.objection(to: hello, of: shape) {
            return turnAway(hello, peer, reject)
        }
        var actions: [Action] = [.welcome(peer)]
        if roster[hello.member] != nil {
            roster[hello.member]?.peer = peer
            roster[hello.member]?.lastHeard = clock.now
            return actions + [.plan(plan, peer)]
        }
        let newcomer = Roster.Member(
            hello: hello, peer: peer,
            endpoint: hello.endpoint.replacingAnyHost(by: address),
            lastHeard: clock.now, isProven: configuration.proofs == nil)
        // A server that comes again has lost its state; so has one that somebody else replaces.
        let replaced = roster.keepers(of: hello.slices)
        // One that was heard just now may live: the newcomer says hello again, until it is silent.
        if let keeper = replaced.first(where: { clock.now - $0.lastHeard < Timeouts.silence / 2 }) {
            return waitFor(keeper, newcomer)
        }
        for member in replaced { roster[member.hello.member] = nil }
        spares.remove(hello.member)
        roster[hello.member] = newcomer
        // A server without the state that the others go on from, or with that of a coordinator with another folder:
        // everybody restores, in an attempt that is new to all.
        let isNew =
            !hello.slices.isEmpty
            && (adoptsUntil == nil
                ? hello.attempt >= plan.attempt : hello.attempt != plan.attempt)
        if isNew { plan.attempt = max(plan.attempt, hello.attempt) }
        actions.append(.enrol(hello))
        // A server without slices is the coordinator's own, which only gives out what others restore.
        if newcomer.isWorker || !hello.slices.isEmpty {
            actions.append(.say("\(newcomer.title) joined, \(newcomer.offer)"))
        }
        if !replaced.isEmpty || isNew { actions += newAttempt() }
        return actions + replan()
    }

    /// Says of a server, once, that another has what it offers to keep.
    private mutating func waitFor(_ keeper: Roster.Member, _ newcomer: Roster.Member) -> [Action] {
        guard spares.insert(newcomer.hello.member).inserted else { return [] }
        return [
            .say(
                "\(newcomer.title) would keep what \(keeper.name) keeps; it takes its place when that is gone"
            )
        ]
    }

    private func turnAway(_ hello: Hello, _ peer: Peer, _ reject: Reject) -> [Action] {
        [
            .reject(peer, reject),
            .say(
                "turned away \(hello.host): expected \(reject.field) \(reject.expected), found \(reject.found)"
            ),
        ]
    }

    private mutating func hear(_ beat: Beat, from peer: Peer) -> [Action] {
        guard beat.session == configuration.session, var member = roster[beat.member] else {
            // It was dismissed, and may not have heard.
            if beat.session == configuration.session, beat.asksToLeave || beat.isLeaving {
                return [.dismiss(peer)]
            }
            return doneAt == nil ? [.introduce(peer)] : [.plan(plan, peer)]
        }
        member.lastHeard = clock.now
        member.peer = peer
        member.attempt = beat.attempt
        member.step = beat.step
        member.furthest = beat.furthest
        member.plan = beat.plan
        member.isLeaving = beat.isLeaving
        member.leafSeconds = beat.leafSeconds
        member.asksToLeaveSince = beat.asksToLeave ? member.asksToLeaveSince ?? clock.now : nil
        var actions = say(slowness: beat.busy, of: &member)
        roster[beat.member] = member
        if !member.isProven, !beat.proof.isEmpty {
            actions += judge(beat, of: member)
            if roster[beat.member] == nil { return actions }
        }
        if beat.attempt == plan.attempt, beat.failure.isEmpty {
            // A report is said again until its sender knows that it is on disk.
            let news = beat.reports.filter {
                plan.heard..<shape.steps ~= $0.step && recording.insert($0.step).inserted
            }
            actions += news.map { .record($0, attempt: plan.attempt) }
        }
        if !beat.failure.isEmpty {
            let failure = roster.withHosts(beat.failure)
            actions.append(.say("\(member.hello.host): \(failure)"))
            if !member.isWorker { return actions + [.fail(failure)] }
        }
        if beat.isLeaving && doneAt == nil {
            actions += remove { $0.hello.member == beat.member }
        } else {
            // Of workers, only how many there are matters for how far the run may go.
            if !member.isWorker { actions += stopFurther(for: member) + grant() }
            actions += letGo(member)
            let isCurrent = beat.plan == plan.number && beat.attempt == plan.attempt
            actions.append(
                isCurrent
                    ? .current(Current(attempt: plan.attempt, heard: plan.heard), peer)
                    : .plan(plan, peer))
        }
        if doneAt != nil && !isLate && roster.members.allSatisfy(\.isLeaving) {
            actions.append(.finish)
        }
        return actions
    }

    /// Takes a member in whose arithmetic is the run's, and turns away another.
    private mutating func judge(_ beat: Beat, of member: Roster.Member) -> [Action] {
        guard let proofs = configuration.proofs else { return [] }
        if let reject = proofs.objection(to: beat, isWorker: member.isWorker) {
            return turnAway(member.hello, member.peer, reject)
                + remove { $0.hello.member == beat.member }
        }
        roster[beat.member]?.isProven = true
        var actions: [Action] = []
        if member.isWorker, proofs.leaves == nil {
            configuration.proofs?.leaves = beat.proof
            actions.append(.remember(proof: beat.proof))
        }
        return actions + replan()
    }

    private mutating func remove(_ isGone: (Roster.Member) -> Bool) -> [Action] {
        let gone = roster.remove(isGone)
        guard !gone.isEmpty else { return [] }
        spares = []
        var actions: [Action] = gone.map { .say("\($0.title) is gone") }
        if gone.contains(where: { !$0.hello.slices.isEmpty }) { actions += newAttempt() }
        return actions + replan()
    }

    /// Removes a member whose connection is gone, unless it was heard lately: one that calls again has another by its next beat.
    private mutating func lose(_ peer: Peer) -> [Action] {
        guard doneAt == nil else { return [] }
        let (now, source) = (clock.now, configuration.source)
        return remove {
            $0.peer == peer && $0.hello.endpoint != source
                && now - $0.lastHeard > ($0.isWorker ? Timeouts.doubt : Timeouts.silence)
        }
    }

    // MARK: The plan

    /// Everybody restores the newest checkpoint: the one path of start, resume and lost servers.
    private mutating func newAttempt() -> [Action] {
        plan.attempt += 1
        fruitless = fruitless.map { $0 + 1 } ?? 0
        plan.restoreStep = newest.step
        plan.until = newest.step
        // What came after it is lost already.
        let restored = newest.step
        stop?.step = restored
        next = collecting()
        adoptsUntil = nil
        plan.heard = newest.step
        recording = []
        return [
            .persist(attempt: plan.attempt), .rewind(to: newest, attempt: plan.attempt),
            .offer(newest, attempt: plan.attempt),
        ] + sayFruitless()
    }

    private func sayFruitless() -> [Action] {
        guard let fruitless, fruitless > 1 else { return [] }
        return [
            .say(
                "attempt \(plan.attempt) begins at iteration \(iteration(of: newest.step)) again: \(fruitless) in a row came to no checkpoint, for want of parameter servers; a silent one is waited for \(patience.components.seconds) s now"
            )
        ]
    }

    /// How long a server may be silent: longer the more often that brought nothing.
    private var patience: Duration { Timeouts.death * (1 << min(max(0, (fruitless ?? 0) - 1), 5)) }

    private func iteration(of step: Int) -> Int { shape.schedule.iteration(at: step) }

    private mutating func recorded(_ step: Int, _ attempt: Int) -> [Action] {
        if attempt == plan.attempt {
            plan.heard = max(plan.heard, step)
            recording = recording.filter { $0 >= step }
        }
        return []
    }

    private mutating func replan() -> [Action] {
        plan.number += 1
        plan.leaves = assignedLeaves()
        plan.chunks = roster.chunks(of: shape)
        return grant(always: true)
    }

    private var shares: LeafShares {
        LeafShares(roster.workers.map { ($0.hello.lanes, $0.leafSeconds) })
    }

    /// Leaves in runs, so that most sums are made where the leaves are.
    private func assignedLeaves() -> [LeafRange] {
        var first = 0
        return zip(roster.workers, shares.best(of: shape.tree.leaves)).map { worker, share in
            defer { first += share }
            return LeafRange(member: worker.hello.member, leaves: first..<(first + share))
        }
    }

    /// Shares leaves out anew, now and then, where that makes a step clearly shorter.
    private mutating func weigh() -> [Action] {
        guard weighedAt.map({ clock.now - $0 >= Timeouts.weighing }) ?? true else { return [] }
        weighedAt = clock.now
        let shares = shares
        let current = roster.workers.map { worker in
            plan.leaves.first { $0.member == worker.hello.member }?.leaves.count ?? 0
        }
        let best = shares.duration(of: shares.best(of: shape.tree.leaves))
        return best * LeafShares.tolerance < shares.duration(of: current) ? replan() : []
    }

    /// Lets the run go on a little further, once every chunk has a server that is ready and there are workers enough.
    private mutating func grant(always: Bool = false) -> [Action] {
        let ready = roster.ready(in: plan.attempt)
        let reached = ready.map(\.step).max() ?? 0
        let isKept = isWhole(ready.flatMap(\.hello.slices))
        var said: [Action] = []
        if isKept, adoptsUntil != nil {
            adoptsUntil = nil
            // Checkpoints that it went on from are gone: what comes next could not be saved.
            guard reached <= horizon else { return newAttempt() + replan() }
            said.append(
                .say(
                    "the parameter servers live on, at iteration \(iteration(of: reached))"
                ))
        }
        let mayGoOn = isKept && roster.workers.count >= configuration.minimumWorkers
        let until =
            stop?.step
            ?? (mayGoOn
                ? pace.grant(until: plan.until, reached: reached, horizon: horizon, now: clock.now)
                : plan.until)
        guard always || until != plan.until else { return said }
        if until != plan.until { plan.number += 1 }
        plan.until = until
        return said + roster.members.map { .plan(plan, $0.peer) }
    }

    /// Whether slices hold every chunk of every network.
    private func isWhole(_ slices: [Hello.Slice]) -> Bool {
        Set(slices).count == shape.networks.count * max(1, configuration.slices)
    }

    /// How far the run may go at all: servers keep the numbers of two boundaries, and none may be lost.
    private var horizon: Int {
        min(shape.steps, shape.boundary(after: shape.boundary(after: newest.step)))
    }

    // MARK: Checkpoints

    private mutating func collect(_ part: Part, _ numbers: Storage) -> [Action] {
        guard part.run == shape.run, part.attempt == plan.attempt,
            case .collecting(var assembly, let askedAt) = next
        else { return [] }
        let snapshot = assembly.insert(part, numbers)
        next = snapshot.map(Next.writing) ?? .collecting(assembly, askedAt: askedAt)
        return snapshot.map { [.save($0)] } ?? []
    }

    /// Begins to collect the checkpoint after the newest: where the run stops, if that comes before the next on the schedule.
    private func collecting() -> Next {
        let boundary = shape.boundary(after: newest.step)
        let step = stop.map { $0.step > newest.step ? min($0.step, boundary) : boundary }
        return .collecting(
            SnapshotAssembly(step: step ?? boundary, shape: shape), askedAt: nil)
    }

    private mutating func saved(_ step: Int) -> [Action] {
        guard case .writing(let snapshot) = next, snapshot.step == step else { return [] }
        newest = snapshot
        fruitless = 0
        next = collecting()
        return step >= shape.steps ? end() : stopped() + grant()
    }

    // MARK: Stopping

    private mutating func drain() -> [Action] {
        guard doneAt == nil, stop?.isFinal != true else { return [] }
        return halt(isFinal: true)
            + [.say("asked to end: the run stops after the iteration that it is at")]
    }

    /// Lets the run go no further than the iteration that it is at.
    private mutating func halt(isFinal: Bool) -> [Action] {
        guard stop == nil else {
            stop?.isFinal = isFinal
            return []
        }
        let furthest = roster.ready(in: plan.attempt).map(\.furthest).max() ?? 0
        stop = Stop(
            step: wholeIteration(from: max(furthest, newest.step, plan.heard)),
            plan: plan.number + 1, since: clock.now, isFinal: isFinal)
        if case .collecting = next { next = collecting() }
        return announceStop()
    }

    /// Tells all where the run stops, in a plan that servers can be seen to go by.
    private mutating func announceStop() -> [Action] {
        plan.number += 1
        let actions = grant(always: true)
        stop?.plan = plan.number
        return actions
    }

    private func wholeIteration(from step: Int) -> Int {
        let schedule = shape.schedule
        let whole =
            schedule.beginsIteration(at: step)
            ? step : schedule.firstStep(of: schedule.iteration(at: step) + 1)
        return min(whole, shape.steps)
    }

    /// Stops where a server is that has gone further already.
    private mutating func stopFurther(for server: Roster.Member) -> [Action] {
        guard let stop, server.attempt == plan.attempt, server.furthest > stop.step else {
            return []
        }
        let step = wholeIteration(from: server.furthest)
        self.stop?.step = step
        if case .collecting = next { next = collecting() }
        return announceStop()
    }

    /// Ends the run, or lets members go, once all servers have stopped where the newest checkpoint is.
    private mutating func stopped() -> [Action] {
        guard let stop, adoptsUntil == nil, newest.step >= stop.step,
            roster.ready(in: plan.attempt).allSatisfy({ $0.plan >= stop.plan })
        else { return [] }
        return part(stop)
    }

    private mutating func part(_ stop: Stop) -> [Action] {
        guard !stop.isFinal else { return end() }
        self.stop = nil
        let leaving = roster.members.filter { !$0.isWorker && $0.asksToLeaveSince != nil }
        let names = Set(leaving.map(\.hello.member))
        return leaving.map { .dismiss($0.peer) } + remove { names.contains($0.hello.member) }
    }

    /// Answers a member that was asked to end: a worker may at once, a server once its state is saved.
    ///
    /// Where everybody was asked at the same time, all stay until the run has stopped.
    private mutating func letGo(_ member: Roster.Member) -> [Action] {
        guard let since = member.asksToLeaveSince, clock.now - since >= Timeouts.grace,
            stop == nil, doneAt == nil
        else { return [] }
        return member.isWorker ? [.dismiss(member.peer)] : halt(isFinal: false)
    }

    private mutating func end() -> [Action] {
        guard doneAt == nil else { return [] }
        doneAt = clock.now
        plan.isDone = true
        if stop?.isFinal == true, newest.step < shape.steps {
            plan.isInterrupted = true
            plan.until = newest.step
        }
        plan.number += 1
        return roster.members.map { .plan(plan, $0.peer) }
            + (roster.members.isEmpty ? [.finish] : [])
    }

    // MARK: Time

    private mutating func tick() -> [Action] {
        let now = clock.now
        if let doneAt { return now - doneAt > Timeouts.farewell ? [.finish] : [] }
        let dead = Set(roster.members.filter(isDead).map(\.hello.member))
        var actions = doubt() + remove { dead.contains($0.hello.member) } + stopped()
        // Where it cannot be reached in time, what came after the newest checkpoint is computed again.
        if let stop, now - stop.since > Timeouts.parting, case .collecting = next {
            actions += part(stop)
        }
        if doneAt != nil { return actions }
        actions += weigh()
        if let adoptsUntil, now > adoptsUntil { actions += newAttempt() + replan() }
        if plan.until > plan.restoreStep, case .collecting(let assembly, let askedAt) = next,
            assembly.step <= stop?.step ?? shape.steps,
            askedAt.map({ now - $0 >= Timeouts.answer }) ?? true
        {
            next = .collecting(assembly, askedAt: now)
            actions += assembly.pulls(attempt: plan.attempt).map { .pull($0) }
        }
        let word = waitingFor
        waitsSince = word.isEmpty ? nil : waitsSince ?? now
        // Nobody is there to bring the run to a whole iteration, and nobody came.
        if let stop, let waitsSince, case .collecting = next,
            now - max(waitsSince, stop.since) > Timeouts.adoption
        {
            actions += part(stop)
        }
        if word != lastWord {
            lastWord = word
            if !word.isEmpty { actions.append(.say(word)) }
        }
        return actions
    }

    /// Whether a member is gone, though its connection may be there.
    ///
    /// A worker that is taken for dead by mistake comes back at its next beat; for a server's sake everybody restores. One in
    /// this process lives as long as it does.
    private func isDead(_ member: Roster.Member) -> Bool {
        let silence = clock.now - member.lastHeard
        if member.isWorker { return silence > Timeouts.silence }
        return silence > patience && member.hello.endpoint != configuration.source
    }

    /// Looks after members that are silent.
    private mutating func doubt() -> [Action] {
        var actions: [Action] = []
        for var member in roster.members where clock.now - member.lastHeard > Timeouts.doubt {
            let silence = clock.now - member.lastHeard
            if clock.now - member.probedAt >= Timeouts.beat {
                member.probedAt = clock.now
                let current = Current(attempt: plan.attempt, heard: plan.heard)
                actions.append(.probe(current, member.peer))
            }
            if !member.isWorker { actions += say(slowness: silence / .seconds(1), of: &member) }
            roster[member.hello.member] = member
        }
        return actions
    }

    /// Tells people of a slow member, once until it is quick again.
    private func say(slowness seconds: Double, of member: inout Roster.Member) -> [Action] {
        let isSlow = seconds > Timeouts.silence / .seconds(1)
        defer { member.isKnownAsSlow = isSlow }
        guard isSlow, !member.isKnownAsSlow else { return [] }
        return [.say("\(member.title) is slow: it has been busy for \(Int(seconds)) s")]
    }

    /// What the run is waiting for, in words; empty while it runs.
    private var waitingFor: String {
        let workers = roster.workers.count
        let kept = Set(roster.members.flatMap(\.hello.slices))
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
        if workers < configuration.minimumWorkers {
            return "waiting for workers: \(workers) of \(configuration.minimumWorkers)"
        }
        return ""
    }
}

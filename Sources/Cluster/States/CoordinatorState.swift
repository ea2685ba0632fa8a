internal import Adversarial
internal import Tensors
internal import Wire

/// What a coordinator decides; performs no I/O.
///
/// It only gives hints: who should compute which leaves, who keeps which chunks, how far the run may go. What is
/// durable besides checkpoints is one integer, the attempt, which is written before it is used.
package struct CoordinatorState {
    private let shape: ClusterShape
    private var configuration: Configuration
    private var roster = Roster()
    private var clock = WakingClock()
    private var plan: Plan
    /// Until when servers that live on from before this process may say so; nil once they did, or did not.
    private var adoptsUntil: Duration?
    /// The newest checkpoint on disk: what a new attempt starts from.
    private var newest: Snapshot
    private var next: NextCheckpoint
    private var pace: GrantPace
    /// Where the run is to stop; nil where it is to go on.
    private var stop: Stop?
    private var patience = Patience()
    private var reported = ReportedSteps(from: 0)
    private var doneAt: Duration?
    /// Whether the run was done before this process began: then it is unknown which members have yet to hear so.
    private var isLate = false
    private var weighedAt: Duration?
    private var waiting = Waiting()

    /// - Parameters:
    ///   - snapshot: The newest checkpoint, or the state before the first step.
    ///   - attempt: The last one that was used.
    package init(
        shape: ClusterShape, configuration: Configuration, snapshot: Snapshot, attempt: Int
    ) {
        self.shape = shape
        self.configuration = configuration
        newest = snapshot
        next = NextCheckpoint(at: shape.boundary(after: snapshot.step), of: shape)
        pace = GrantPace(stepsPerIteration: shape.schedule.mostStepsPerIteration)
        plan = Plan(
            number: 1, attempt: attempt, restoreStep: snapshot.step, until: snapshot.step,
            source: configuration.source)
    }

    /// Begins: with servers that live on from before, where there may be some, otherwise with a new attempt.
    ///
    /// If the run is done, members that do not know it are told.
    package mutating func start(now: ContinuousClock.Instant) -> [Action] {
        clock.look(at: now)
        guard newest.step < shape.steps else {
            doneAt = clock.now
            isLate = true
            plan.isDone = true
            return []
        }
        guard configuration.slices > 0, plan.attempt > 0 else {
            return newAttempt(because: .started) + tick()
        }
        adoptsUntil = clock.now + Timeouts.adoption
        return [.offer(newest, attempt: plan.attempt)] + tick()
    }

    package mutating func receive(_ event: Event, now: ContinuousClock.Instant) -> [Action] {
        clock.look(at: now)
        return switch event {
        case .hello(let hello, let peer, let address): admit(hello, from: peer, address: address)
        case .heartbeat(let heartbeat, let peer): hear(heartbeat, from: peer)
        case .chunk(let chunk, let numbers): collect(chunk, numbers)
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
            hello, peer, address: address, at: clock.now, isProven: configuration.proofs == nil)
        let replaced: [Roster.Member]
        switch roster.add(newcomer) {
        case .standsBy(let living, let isNews):
            return isNews
                ? [.announce(.standsBy(member: newcomer.identity, for: living.identity))] : []
        case .joins(let others): replaced = others
        }
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
            actions.append(.announce(newcomer.joining))
        }
        if !replaced.isEmpty || isNew { actions += newAttempt(because: .serverJoined) }
        return actions + replan()
    }

    private mutating func hear(_ heartbeat: Heartbeat, from peer: Peer) -> [Action] {
        guard heartbeat.session == configuration.session, var member = roster[heartbeat.member]
        else {
            // It was dismissed, and may not have heard.
            if heartbeat.session == configuration.session,
                heartbeat.asksToLeave || heartbeat.isLeaving
            {
                return [.dismiss(peer)]
            }
            return doneAt == nil ? [.introduce(peer)] : [.plan(plan, peer)]
        }
        member.hear(heartbeat, from: peer, at: clock.now)
        var actions = member.slowness(of: heartbeat.busy)
        roster[heartbeat.member] = member
        if !member.isProven, !heartbeat.proof.isEmpty {
            actions += judge(heartbeat, of: member)
            if roster[heartbeat.member] == nil { return actions }
        }
        if heartbeat.attempt == plan.attempt, heartbeat.failure.isEmpty {
            actions += reported.take(heartbeat.reports, below: shape.steps).map {
                .record($0, attempt: plan.attempt)
            }
        }
        if !heartbeat.failure.isEmpty {
            let failure = roster.withHosts(heartbeat.failure)
            actions.append(.announce(.memberFailed(member: member.identity, reason: failure)))
            if !member.isWorker { return actions + [.fail(failure)] }
        }
        if heartbeat.isLeaving && doneAt == nil {
            actions += remove { $0.hello.member == heartbeat.member }
        } else {
            // How far the run may go depends on what servers have done, and only on the number of workers.
            if !member.isWorker { actions += stopFurther(for: member) + grant() }
            actions += letGo(member)
            let isCurrent = heartbeat.plan == plan.number && heartbeat.attempt == plan.attempt
            actions.append(
                isCurrent
                    ? .acknowledge(Acknowledge(attempt: plan.attempt, heard: plan.heard), peer)
                    : .plan(plan, peer))
        }
        if doneAt != nil && !isLate && roster.members.allSatisfy(\.isLeaving) {
            actions.append(.finish)
        }
        return actions
    }

    /// Takes a member in whose arithmetic is the run's, and turns away another.
    private mutating func judge(_ heartbeat: Heartbeat, of member: Roster.Member) -> [Action] {
        guard let proofs = configuration.proofs else { return [] }
        if let reject = proofs.objection(to: heartbeat, isWorker: member.isWorker) {
            return turnAway(member.hello, member.peer, reject)
                + remove { $0.hello.member == heartbeat.member }
        }
        roster[heartbeat.member]?.isProven = true
        var actions: [Action] = []
        if member.isWorker, proofs.leaves == nil {
            configuration.proofs?.leaves = heartbeat.proof
            actions.append(.remember(proof: heartbeat.proof))
        }
        return actions + replan()
    }

    private mutating func remove(_ isGone: (Roster.Member) -> Bool) -> [Action] {
        let gone = roster.remove(isGone)
        guard !gone.isEmpty else { return [] }
        var actions: [Action] = gone.map { .announce(.gone(member: $0.identity)) }
        if gone.contains(where: { !$0.hello.slices.isEmpty }) {
            actions += newAttempt(because: .serverGone)
        }
        return actions + replan()
    }

    /// Removes a member whose connection is gone.
    private mutating func lose(_ peer: Peer) -> [Action] {
        guard doneAt == nil else { return [] }
        let (now, source) = (clock.now, configuration.source)
        return remove { $0.peer == peer && $0.isLost(at: now, source: source) }
    }

    // MARK: The plan

    /// Everybody restores the newest checkpoint: the one path of start, resume and lost servers.
    private mutating func newAttempt(because cause: RunEvent.Cause) -> [Action] {
        plan.attempt += 1
        patience.restore()
        plan.restoreStep = newest.step
        plan.until = newest.step
        stop?.moveBack(to: newest.step)
        next = collecting()
        adoptsUntil = nil
        reported = ReportedSteps(from: newest.step)
        plan.heard = reported.written
        return [
            .persist(attempt: plan.attempt), .rewind(to: newest, attempt: plan.attempt),
            .offer(newest, attempt: plan.attempt),
            .announce(
                patience.restored(
                    iteration(of: newest.step), attempt: plan.attempt, because: cause)),
        ]
    }

    private func iteration(of step: Int) -> Int { shape.schedule.iteration(at: step) }

    private mutating func recorded(_ step: Int, _ attempt: Int) -> [Action] {
        guard attempt == plan.attempt else { return [] }
        reported.wrote(below: step)
        plan.heard = reported.written
        return []
    }

    private mutating func replan() -> [Action] {
        plan.number += 1
        plan.leaves = roster.leaves(of: shape.tree)
        plan.chunks = roster.chunks(of: shape)
        return grant(always: true)
    }

    /// Shares leaves out anew, now and then, where that makes a step clearly shorter.
    private mutating func weigh() -> [Action] {
        guard weighedAt.map({ clock.now - $0 >= Timeouts.weighing }) ?? true else { return [] }
        weighedAt = clock.now
        return roster.gains(overLeaves: plan.leaves, of: shape.tree) ? replan() : []
    }

    /// Lets the run go on a little further, once every chunk has a server that is ready and there are workers enough.
    private mutating func grant(always: Bool = false) -> [Action] {
        let ready = roster.ready(in: plan.attempt)
        let reached = ready.map(\.step).max() ?? 0
        let kept = Set(ready.flatMap(\.hello.slices))
        let isKept = kept.count == shape.networks.count * max(1, configuration.slices)
        let horizon = shape.horizon(after: newest.step)
        var news: [Action] = []
        if isKept, adoptsUntil != nil {
            adoptsUntil = nil
            // Checkpoints that it went on from are gone: what comes next could not be saved.
            guard reached <= horizon else {
                return newAttempt(because: .checkpointGone) + replan()
            }
            news = [.announce(.adopted(iteration: iteration(of: reached)))]
        }
        let mayGoOn = isKept && roster.workers.count >= configuration.minimumWorkers
        let until =
            stop?.step
            ?? (mayGoOn
                ? pace.grant(until: plan.until, reached: reached, horizon: horizon, now: clock.now)
                : plan.until)
        guard always || until != plan.until else { return news }
        if until != plan.until { plan.number += 1 }
        plan.until = until
        return news + roster.members.map { .plan(plan, $0.peer) }
    }

    // MARK: Checkpoints

    private mutating func collect(_ chunk: Chunk, _ numbers: Storage) -> [Action] {
        guard chunk.run == shape.run, chunk.attempt == plan.attempt else { return [] }
        return next.insert(chunk, numbers).map { [.save($0)] } ?? []
    }

    /// Begins to collect the checkpoint after the newest.
    private func collecting() -> NextCheckpoint {
        let step = stop?.boundary(after: newest.step) ?? shape.boundary(after: newest.step)
        return NextCheckpoint(at: step, of: shape)
    }

    private mutating func saved(_ step: Int) -> [Action] {
        guard let snapshot = next.written(at: step) else { return [] }
        newest = snapshot
        patience.renew()
        next = collecting()
        return step >= shape.steps ? end() : stopped() + grant()
    }

    // MARK: Stopping

    private mutating func drain() -> [Action] {
        guard doneAt == nil, stop?.isFinal != true else { return [] }
        return halt(isFinal: true) + [.announce(.askedToEnd)]
    }

    /// Lets the run go no further than the iteration that it is at.
    private mutating func halt(isFinal: Bool) -> [Action] {
        guard stop == nil else {
            stop?.isFinal = isFinal
            return []
        }
        let furthest = roster.ready(in: plan.attempt).map(\.furthest).max() ?? 0
        stop = Stop(
            after: max(furthest, newest.step, plan.heard), of: shape, isFinal: isFinal,
            now: clock.now)
        return announceStop()
    }

    /// Tells all where the run stops, in a plan that servers can be seen to go by, and saves it there.
    private mutating func announceStop() -> [Action] {
        if next.isCollecting { next = collecting() }
        plan.number += 1
        let actions = grant(always: true)
        stop?.isSaid(in: plan.number)
        return actions
    }

    /// Stops where a server is that has gone further already.
    private mutating func stopFurther(for server: Roster.Member) -> [Action] {
        guard server.attempt == plan.attempt, stop?.moveOn(to: server.furthest) == true else {
            return []
        }
        return announceStop()
    }

    /// Ends the run, or lets members go, once all servers have stopped where the newest checkpoint is.
    private mutating func stopped() -> [Action] {
        guard let stop, adoptsUntil == nil,
            stop.isReached(by: roster.ready(in: plan.attempt), saved: newest.step)
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
        var actions = doubt() + lookForMembers() + stopped()
        // What came after the newest checkpoint is computed again.
        if let stop, next.isCollecting, stop.isOverdue(at: now, waitsSince: waiting.since) {
            actions += part(stop)
        }
        if doneAt != nil { return actions }
        actions += weigh()
        if let adoptsUntil, now > adoptsUntil {
            actions += newAttempt(because: .noServerLeft) + replan()
        }
        if plan.until > plan.restoreStep {
            let limit = stop?.step ?? shape.steps
            actions += next.pulls(attempt: plan.attempt, limit: limit, now: now).map { .pull($0) }
        }
        return actions
    }

    /// Looks after members that are silent, and removes the dead.
    private mutating func doubt() -> [Action] {
        let (now, patience, source) = (clock.now, patience, configuration.source)
        return roster.doubt(at: now, Acknowledge(attempt: plan.attempt, heard: plan.heard))
            + remove { $0.isDead(at: now, patience: patience, source: source) }
    }

    private mutating func lookForMembers() -> [Action] {
        waiting.hear(roster.lack(of: shape, configuration), now: clock.now).map { .announce($0) }
    }
}

package import Tensors
package import Wire

/// Who sent a message, as its socket names it.
package struct Peer: Hashable, Sendable {
    package let name: [UInt8]

    package init(name: [UInt8]) { self.name = name }
}

/// What a parameter server decides; performs no I/O.
///
/// It also answers for a whole snapshot, where its process holds one: so servers restore from a coordinator.
package struct ParameterServerState {
    package enum Event {
        case plan(Plan)
        /// A snapshot from which the given attempt starts.
        case restorePoint(Snapshot, attempt: Int)
        case push(Push, Storage)
        case pull(Pull, from: Peer)
        case chunk(Chunk, Storage)
        /// The coordinator has heard of the steps below this one.
        case heard(step: Int, attempt: Int)
        /// The coordinator was started again, and numbers its plans anew.
        case newSession
        case tick
    }

    package enum Action {
        case send(Chunk, Storage, to: Peer)
        case tell(ChunkStatus, to: Peer)
        /// To the plan's source.
        case fetch(Pull)
        /// Two answers for one node differ: nothing computed from here on could be trusted.
        case stop(reason: String)
    }

    private static let reportsInHeartbeat = 1_000

    private enum Kept {
        /// The components that arrived so far.
        case restoring([Component: Storage], askedAt: ContinuousClock.Instant)
        case ready(ChunkState)
    }

    private let shape: ClusterShape
    private let rules: [UpdateRule]
    private let places: [Place]
    private let pool = StoragePool()
    package private(set) var attempt = 0
    package private(set) var planNumber = 0
    private var restoreStep = 0
    private var until = 0
    /// When less than half of what was granted last is left, it asks for more.
    private var asksAt = 0
    private var kept: [Place: Kept] = [:]
    /// How many chunks are restored before this server is ready.
    private var restoring = 0
    /// How many ready chunks need each step next.
    private var chunksAtStep: [Int: Int] = [:]
    /// The step after the last that any chunk has taken: the run can stop nowhere before it.
    package private(set) var furthest = 0
    private var waiting = WaitingPulls()
    private var looksAt: ContinuousClock.Instant?
    private var restorePoint: (snapshot: Snapshot, attempt: Int)?
    /// Steps completed that the coordinator has not heard of.
    private var unheard: [Report] = []

    /// A step that the chunk with a network's measures has taken.
    package struct Report {
        package let step: Int
        package let at: ContinuousClock.Instant
        package let measures: [Float]
        package let digest: UInt32
        package let leaves: [LeafRange]
    }

    package init(shape: ClusterShape, rules: [UpdateRule], slices: [Hello.Slice]) {
        self.shape = shape
        self.rules = rules
        places = slices.compactMap(shape.chunks(of:)).flatMap { network, chunks in
            chunks.map { Place(network: network, chunk: $0) }
        }
    }

    /// The attempt that all chunks are ready in; 0 while any is restored.
    package var readyAttempt: Int { restoring == 0 ? attempt : 0 }

    /// The earliest step that any chunk needs.
    package var step: Int {
        restoring == 0 ? chunksAtStep.keys.min() ?? restoreStep : restoreStep
    }

    /// The earliest steps that the coordinator has not heard of, as many as a heartbeat can carry.
    package var reports: ArraySlice<Report> { unheard.prefix(Self.reportsInHeartbeat) }

    /// Whether it may soon have to wait for a plan that lets it go on: said once.
    package mutating func asksForMore() -> Bool {
        guard step >= asksAt, readyAttempt > 0 else { return false }
        asksAt = .max
        return true
    }

    package mutating func receive(_ event: Event, now: ContinuousClock.Instant) -> [Action] {
        switch event {
        case .plan(let plan): follow(plan, now: now)
        case .restorePoint(let snapshot, let attempt): hold(snapshot, attempt: attempt)
        case .push(let push, let sum): receive(push, sum, now: now)
        case .pull(let pull, let peer): receive(pull, from: peer, now: now)
        case .chunk(let chunk, let numbers): restore(chunk, numbers)
        case .heard(let step, let attempt): forgetReports(below: step, of: attempt)
        case .newSession: beginSession()
        case .tick: tick(now: now)
        }
    }

    private mutating func follow(_ plan: Plan, now: ContinuousClock.Instant) -> [Action] {
        guard plan.attempt > attempt else { return goOn(plan) }
        planNumber = plan.number
        attempt = plan.attempt
        restoreStep = plan.restoreStep
        until = plan.until
        asksAt = until
        furthest = restoreStep
        unheard = []
        kept = [:]
        restoring = places.count
        chunksAtStep = [:]
        return places.flatMap {
            fetch($0, lacking: shape.networks[$0.network].components, have: [:], now: now)
        } + answerWaiting()
    }

    /// A plan of the attempt that it is in: how far to go may become more or, where the run is to stop, less.
    private mutating func goOn(_ plan: Plan) -> [Action] {
        guard plan.attempt == attempt else { return [] }
        let isLess = plan.number > planNumber && plan.until < until
        if plan.number > planNumber {
            if plan.until > until { asksAt = plan.until - (plan.until - step) / 2 }
            until = max(furthest, plan.until)
            planNumber = plan.number
        }
        return forgetReports(below: plan.heard, of: attempt) + (isLess ? answerWaiting() : [])
    }

    private mutating func forgetReports(below step: Int, of attempt: Int) -> [Action] {
        if attempt == self.attempt { unheard.removeAll { $0.step < step } }
        return []
    }

    private mutating func beginSession() -> [Action] {
        planNumber = 0
        return []
    }

    private mutating func hold(_ snapshot: Snapshot, attempt: Int) -> [Action] {
        restorePoint = (snapshot, attempt)
        return answerWaiting()
    }

    private mutating func fetch(
        _ place: Place, lacking: [Component], have parts: [Component: Storage],
        now: ContinuousClock.Instant
    ) -> [Action] {
        kept[place] = .restoring(parts, askedAt: now)
        return lacking.map { component in
            .fetch(
                Pull(
                    run: shape.run, attempt: attempt, network: place.network, step: restoreStep,
                    chunk: place.chunk,
                    component: component))
        }
    }

    private mutating func restore(_ chunk: Chunk, _ numbers: Storage) -> [Action] {
        let place = Place(network: chunk.network, chunk: chunk.index)
        guard chunk.run == shape.run, chunk.attempt == attempt, chunk.steps.contains(restoreStep),
            case .restoring(var parts, let askedAt) = kept[place],
            numbers.count == shape.range(of: place.chunk, in: place.network).count
        else { return [] }
        // All but the weights changes in place, so it must be this server's own.
        parts[chunk.component] =
            chunk.component == .weights ? numbers : numbers.copied(pool: pool)
        kept[place] = .restoring(parts, askedAt: askedAt)
        guard Set(parts.keys) == Set(shape.networks[place.network].components),
            let numbers = ChunkNumbers(parts)
        else {
            return []
        }
        let state = ChunkState(
            network: place.network, chunk: place.chunk, shape: shape, rule: rules[place.network],
            numbers: numbers, restoredAt: restoreStep)
        kept[place] = .ready(state)
        restoring -= 1
        chunksAtStep[state.next, default: 0] += 1
        return answerWaiting(at: place)
    }

    private mutating func receive(_ push: Push, _ sum: Storage, now: ContinuousClock.Instant)
        -> [Action]
    {
        let place = Place(network: push.network, chunk: push.chunk)
        guard push.run == shape.run, push.attempt == attempt, push.step < until,
            case .ready(var chunk) = kept[place]
        else { return [] }
        // Taken out while it changes, so that it is not copied.
        kept[place] = nil
        let result = chunk.push(push, sum, pool: pool)
        kept[place] = .ready(chunk)
        switch result {
        case .ignored, .kept: return []
        case .contradicted(let others):
            let members = Set(others.map(\.member)).sorted().joined(separator: ", ")
            return [
                .stop(
                    reason:
                        "two different sums came for leaves \(shape.tree.leaves(below: push.node)) of step \(push.step), from \(members) and from \(push.member): one of them computes wrongly"
                )
            ]
        case .updated(let completion):
            count(chunk, from: push.step)
            if let completion {
                unheard.append(
                    Report(
                        step: push.step, at: now, measures: completion.measures,
                        digest: completion.digest, leaves: completion.leaves))
            }
            return answerWaiting(at: place)
        }
    }

    /// Counts a chunk that has taken a step where it is now.
    private mutating func count(_ chunk: ChunkState, from step: Int) {
        furthest = max(furthest, step + 1)
        chunksAtStep[chunk.next, default: 0] += 1
        let left = (chunksAtStep[step] ?? 1) - 1
        chunksAtStep[step] = left > 0 ? left : nil
    }

    private mutating func receive(_ pull: Pull, from peer: Peer, now: ContinuousClock.Instant)
        -> [Action]
    {
        // What no network has would wait for ever.
        guard pull.run == shape.run, shape.networks.indices.contains(pull.network),
            shape.chunks(of: pull.network).contains(pull.chunk)
        else { return [] }
        pin(pull)
        if let answer = answer(pull, to: peer) { return [answer] }
        waiting.add(.init(pull: pull, peer: peer, since: now))
        return []
    }

    /// Keeps moments as they are now, where a checkpoint asks for them: updates change them in place.
    private mutating func pin(_ pull: Pull) {
        let place = Place(network: pull.network, chunk: pull.chunk)
        guard pull.component != .weights, pull.attempt == attempt,
            pull.step >= until || shape.isBoundary(pull.step),
            case .ready(var chunk) = kept[place]
        else { return }
        kept[place] = nil
        chunk.pin(ifValidAt: pull.step)
        kept[place] = .ready(chunk)
    }

    /// The numbers wanted, or the word that they will not come; nil where they may still come.
    private func answer(_ pull: Pull, to peer: Peer) -> Action? {
        let place = Place(network: pull.network, chunk: pull.chunk)
        if pull.attempt == attempt, case .ready(let chunk) = kept[place] {
            if let found = chunk.version(of: pull.component, for: pull.step) {
                return send(found, for: pull, to: peer)
            }
            if pull.step < chunk.next { return .tell(status(of: chunk, for: pull), to: peer) }
        }
        if let (snapshot, attempt) = restorePoint, attempt == pull.attempt,
            snapshot.step == pull.step,
            let numbers = snapshot.numbers(
                pull.component, chunk: pull.chunk, of: pull.network, shape)
        {
            return send(
                (numbers, pull.step...pull.step, crc32c(numbers.bytes)), for: pull, to: peer)
        }
        if pull.attempt < attempt {
            return .tell(
                ChunkStatus(
                    run: shape.run, attempt: attempt, network: pull.network, chunk: pull.chunk,
                    wanted: pull.step,
                    next: restoreStep, missing: []), to: peer)
        }
        return nil
    }

    /// What is true in one attempt is true in the attempt that was asked for.
    private func send(_ version: ChunkState.Version, for pull: Pull, to peer: Peer) -> Action {
        let chunk = Chunk(
            run: shape.run, attempt: pull.attempt, network: pull.network, index: pull.chunk,
            component: pull.component, steps: version.steps, crc32c: version.checksum)
        return .send(chunk, version.numbers, to: peer)
    }

    private func status(of chunk: ChunkState, for pull: Pull) -> ChunkStatus {
        ChunkStatus(
            run: shape.run, attempt: attempt, network: pull.network, chunk: pull.chunk,
            wanted: pull.step,
            next: chunk.next, missing: chunk.missing)
    }

    /// Others restore any chunk from here, where this process holds a snapshot.
    private mutating func answerWaiting() -> [Action] {
        shape.networks.indices.flatMap { network in
            shape.chunks(of: network).flatMap {
                answerWaiting(at: Place(network: network, chunk: $0))
            }
        }
    }

    private mutating func answerWaiting(at place: Place) -> [Action] {
        var answers: [Action] = []
        for entry in waiting.remove(at: place) {
            pin(entry.pull)
            if let answer = answer(entry.pull, to: entry.peer) {
                answers.append(answer)
            } else {
                waiting.add(entry)
            }
        }
        return answers
    }

    private mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        guard looksAt.map({ now >= $0 }) ?? true else { return [] }
        looksAt = now + Timeouts.patience / 4
        var actions: [Action] = []
        for place in places {
            for entry in waiting.overdue(at: place, now: now, after: Timeouts.patience) {
                // Whoever computes may be able to help; the pull goes on waiting.
                guard entry.pull.component == .weights, entry.pull.attempt == attempt,
                    case .ready(let chunk) = kept[place]
                else { continue }
                actions.append(.tell(status(of: chunk, for: entry.pull), to: entry.peer))
            }
        }
        for place in places {
            guard case .restoring(let parts, let askedAt) = kept[place],
                now - askedAt >= Timeouts.answer
            else {
                continue
            }
            let lacking = shape.networks[place.network].components.filter { parts[$0] == nil }
            actions += fetch(place, lacking: lacking, have: parts, now: now)
        }
        return actions
    }
}

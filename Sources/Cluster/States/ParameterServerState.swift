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
        case part(Part, Storage)
        /// The coordinator has heard of the steps below this one.
        case heard(step: Int, attempt: Int)
        /// The coordinator was started again, and numbers its plans anew.
        case newSession
        case tick
    }

    package enum Action {
        case send(Part, Storage, to: Peer)
        case tell(At, to: Peer)
        /// To the plan's source.
        case fetch(Pull)
        /// Two answers for one node differ: nothing computed from here on could be trusted.
        case stop(reason: String)
    }

    private static let reportsInBeat = 1_000

    private struct Place: Hashable {
        var network: Int
        var chunk: Int
    }

    private enum Kept {
        /// The components that arrived so far.
        case restoring([Component: Storage], askedAt: ContinuousClock.Instant)
        case ready(ChunkState)
    }

    private struct Waiting {
        var pull: Pull
        var peer: Peer
        var since: ContinuousClock.Instant
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
    private var waiting: [Waiting] = []
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
    package var readyAttempt: Int {
        let isReady = places.allSatisfy { if case .ready = kept[$0] { true } else { false } }
        return isReady ? attempt : 0
    }

    /// The earliest step that any chunk needs.
    package var step: Int {
        kept.values.map { if case .ready(let chunk) = $0 { chunk.next } else { restoreStep } }.min()
            ?? restoreStep
    }

    /// The earliest steps that the coordinator has not heard of, as many as a beat can carry.
    package var reports: ArraySlice<Report> { unheard.prefix(Self.reportsInBeat) }

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
        case .part(let part, let numbers): restore(part, numbers)
        case .heard(let step, let attempt): forgetReports(below: step, of: attempt)
        case .newSession: beginSession()
        case .tick: tick(now: now)
        }
    }

    private mutating func follow(_ plan: Plan, now: ContinuousClock.Instant) -> [Action] {
        guard plan.attempt >= attempt else { return [] }
        planNumber = plan.number
        guard plan.attempt > attempt else {
            if plan.until > until { asksAt = plan.until - (plan.until - step) / 2 }
            until = max(until, plan.until)
            return forgetReports(below: plan.heard, of: plan.attempt)
        }
        attempt = plan.attempt
        restoreStep = plan.restoreStep
        until = plan.until
        asksAt = until
        unheard = []
        kept = [:]
        return places.flatMap {
            fetch($0, lacking: shape.networks[$0.network].components, have: [:], now: now)
        }
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

    private mutating func restore(_ part: Part, _ numbers: Storage) -> [Action] {
        let place = Place(network: part.network, chunk: part.chunk)
        guard part.run == shape.run, part.attempt == attempt, part.steps.contains(restoreStep),
            case .restoring(var parts, let askedAt) = kept[place],
            numbers.count == shape.range(of: place.chunk, in: place.network).count
        else { return [] }
        // All but the weights changes in place, so it must be this server's own.
        parts[part.component] =
            part.component == .weights ? numbers : numbers.copied(pool: pool)
        kept[place] = .restoring(parts, askedAt: askedAt)
        guard Set(parts.keys) == Set(shape.networks[place.network].components),
            let numbers = ChunkNumbers(parts)
        else {
            return []
        }
        kept[place] = .ready(
            ChunkState(
                network: place.network, chunk: place.chunk, shape: shape,
                rule: rules[place.network],
                numbers: numbers, restoredAt: restoreStep))
        return answerWaiting()
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
            if let completion {
                unheard.append(
                    Report(
                        step: push.step, at: now, measures: completion.measures,
                        digest: completion.digest, leaves: completion.leaves))
            }
            return answerWaiting()
        }
    }

    private mutating func receive(_ pull: Pull, from peer: Peer, now: ContinuousClock.Instant)
        -> [Action]
    {
        // What no network has would wait for ever.
        guard pull.run == shape.run, shape.networks.indices.contains(pull.network),
            shape.chunks(of: pull.network).contains(pull.chunk)
        else { return [] }
        if let answer = answer(pull, to: peer) { return [answer] }
        waiting = waiting.filter { $0.peer != peer || !isSamePlace($0.pull, pull) }
        waiting.append(Waiting(pull: pull, peer: peer, since: now))
        return []
    }

    private func isSamePlace(_ a: Pull, _ b: Pull) -> Bool {
        a.network == b.network && a.chunk == b.chunk && a.component == b.component
    }

    /// The numbers wanted, or the word that they will not come; nil where they may still come.
    private func answer(_ pull: Pull, to peer: Peer) -> Action? {
        let place = Place(network: pull.network, chunk: pull.chunk)
        if pull.attempt == attempt, case .ready(let chunk) = kept[place] {
            if let found = chunk.version(of: pull.component, for: pull.step) {
                return send(found, for: pull, to: peer)
            }
            if pull.step < chunk.next { return .tell(at(pull, chunk), to: peer) }
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
                At(
                    run: shape.run, attempt: attempt, network: pull.network, chunk: pull.chunk,
                    wanted: pull.step,
                    next: restoreStep, missing: []), to: peer)
        }
        return nil
    }

    /// What is true in one attempt is true in the attempt that was asked for.
    private func send(_ version: ChunkState.Version, for pull: Pull, to peer: Peer) -> Action {
        let part = Part(
            run: shape.run, attempt: pull.attempt, network: pull.network, chunk: pull.chunk,
            component: pull.component, steps: version.steps, crc32c: version.checksum)
        return .send(part, version.numbers, to: peer)
    }

    private func at(_ pull: Pull, _ chunk: ChunkState) -> At {
        At(
            run: shape.run, attempt: attempt, network: pull.network, chunk: pull.chunk,
            wanted: pull.step,
            next: chunk.next, missing: chunk.missing)
    }

    private mutating func answerWaiting() -> [Action] {
        let answers = waiting.map { answer($0.pull, to: $0.peer) }
        waiting = zip(waiting, answers).filter { $0.1 == nil }.map(\.0)
        return answers.compactMap(\.self)
    }

    private mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        var actions = answerWaiting()
        for (index, entry) in waiting.enumerated() {
            // Whoever computes may be able to help; the pull goes on waiting.
            guard now - entry.since >= Timeouts.patience, entry.pull.component == .weights,
                entry.pull.attempt == attempt,
                case .ready(let chunk) = kept[
                    Place(network: entry.pull.network, chunk: entry.pull.chunk)]
            else { continue }
            waiting[index].since = now
            actions.append(.tell(at(entry.pull, chunk), to: entry.peer))
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

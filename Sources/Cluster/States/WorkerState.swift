internal import Adversarial
package import Tensors
package import Wire

/// What a worker decides; performs no I/O.
///
/// It computes what the plan says, and helps where leaves are missing: that one rule covers dead workers, stragglers,
/// lost messages and stale plans, since anybody's answer for a leaf has the same bits.
package struct WorkerState {
    package enum Event {
        case plan(Plan)
        case chunk(Chunk, Storage)
        case chunkStatus(ChunkStatus)
        case leaf(LeafResult)
        case tick
    }

    package enum Action {
        /// To the server that keeps the chunk.
        case pull(Pull)
        case push(PushTask)
        /// On one of the lanes.
        case compute(LeafTask)
        /// On the lane that will compute the leaf: it has nothing better to do while weights travel.
        case begin(LeafBeginning)

        /// The chunk that is pushed or pulled.
        fileprivate var place: Place? {
            switch self {
            case .pull(let pull): Place(network: pull.network, chunk: pull.chunk)
            case .push(let task): Place(network: task.network, chunk: task.chunk)
            case .compute, .begin: nil
            }
        }
    }

    /// A network's weights as they come in, chunk by chunk.
    private struct Incoming {
        let buffer: Storage
        /// The steps that each chunk is valid for.
        private(set) var steps: [ClosedRange<Int>?]
        /// The step that all chunks are wanted for, and how many are not there yet.
        private var wanted: (step: Int, missing: Int)

        init(buffer: Storage, chunks: Range<Int>, step: Int) {
            self.buffer = buffer
            steps = chunks.map { _ in nil }
            wanted = (step, chunks.count)
        }

        func has(_ chunk: Int) -> Bool { steps[chunk]?.contains(wanted.step) == true }

        /// Takes a chunk in that is valid for the wanted step.
        ///
        /// - Returns: Whether it was the last.
        mutating func take(_ chunk: Int, validFor range: ClosedRange<Int>) -> Bool {
            if !has(chunk) { wanted.missing -= 1 }
            steps[chunk] = range
            return wanted.missing == 0
        }

        /// Wants all chunks for another step.
        mutating func want(_ step: Int) {
            guard step != wanted.step else { return }
            wanted = (step, steps.count { $0?.contains(step) != true })
        }
    }

    private struct Weights {
        var buffer: Storage
        var steps: ClosedRange<Int>
    }

    /// The leaves of one step that this worker computed or is computing.
    private struct Work {
        let step: Int
        let weights: [Storage]
        let assigned: Set<Int>
        var unpushed: [TreeNode]
        var messages: [Int: Storage] = [:]
        var helping: Set<Int> = []
        var finishedAt: ContinuousClock.Instant?
    }

    private let shape: ClusterShape
    private let member: String
    private let lanes: Int
    private let pool = StoragePool()
    private var plan: Plan?
    /// The step that is computed, or whose weights are awaited.
    package private(set) var step = 0 {
        didSet { for network in incoming.indices { incoming[network]?.want(step) } }
    }
    private var weights: [Weights?]
    private var incoming: [Incoming?]
    private var asked: [Place: (step: Int, at: ContinuousClock.Instant)] = [:]
    private var work: Work?
    /// How long leaves of each network took lately.
    private var leafDurations: [Duration?]
    private var leafFinishedAt: ContinuousClock.Instant?
    /// Until when a worker without leaves asks for nothing.
    private var restsUntil: ContinuousClock.Instant?

    package init(shape: ClusterShape, member: String, lanes: Int) {
        self.shape = shape
        self.member = member
        self.lanes = lanes
        weights = shape.networks.map { _ in nil }
        incoming = shape.networks.map { _ in nil }
        leafDurations = shape.networks.map { _ in nil }
    }

    package var attempt: Int { plan?.attempt ?? 0 }
    package var planNumber: Int { plan?.number ?? 0 }
    /// Nil while the run goes on.
    package var end: RunEnd? { plan?.end(of: shape) }

    /// How long a leaf takes on one lane, in seconds; 0 where it has been a while since the last.
    package func leafSeconds(now: ContinuousClock.Instant) -> Double {
        guard let leafDuration, isSpeedKnown(now: now) else { return 0 }
        return leafDuration / .seconds(1)
    }

    private func isSpeedKnown(now: ContinuousClock.Instant) -> Bool {
        leafFinishedAt.map { now - $0 < Timeouts.memory } ?? false
    }

    /// The mean over all networks, so that it does not depend on whose turn it is.
    private var leafDuration: Duration? {
        let known = leafDurations.compactMap(\.self)
        return known.isEmpty ? nil : known.reduce(.zero, +) / known.count
    }

    package mutating func receive(_ event: Event, now: ContinuousClock.Instant) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .plan(let plan): follow(plan)
        case .chunk(let chunk, let numbers):
            guard accept(chunk, numbers) else { return [] }
        case .chunkStatus(let status): return answer(status, now: now)
        case .leaf(let result): actions += finish(result, now: now)
        case .tick: break
        }
        actions += start(now: now)
        actions += pullMissing(now: now)
        return actions
    }

    private mutating func follow(_ next: Plan) {
        guard
            next.attempt > attempt || (next.attempt == attempt && next.number > planNumber)
                || plan == nil || next.isDone
        else {
            return
        }
        if next.attempt > attempt {
            weights = shape.networks.map { _ in nil }
            incoming = shape.networks.map { _ in nil }
            asked = [:]
            work = nil
            step = next.restoreStep
        }
        // Requests that had no server, or one that is gone, are repeated at once.
        if next.chunks != plan?.chunks { asked = [:] }
        plan = next
        restsUntil = nil
    }

    // MARK: Weights

    private var hasWeights: Bool { weights.allSatisfy { $0?.steps.contains(step) == true } }
    private var isComputing: Bool { work?.step == step }

    /// - Returns: Whether all weights of the chunk's network are there now.
    private mutating func accept(_ chunk: Chunk, _ numbers: Storage) -> Bool {
        guard chunk.run == shape.run, chunk.attempt == attempt, chunk.component == .weights,
            chunk.steps.contains(step),
            shape.networks.indices.contains(chunk.network),
            shape.chunks(of: chunk.network).contains(chunk.index)
        else { return false }
        let range = shape.range(of: chunk.index, in: chunk.network)
        guard numbers.count == range.count, weights[chunk.network]?.steps.contains(step) != true
        else { return false }
        if incoming[chunk.network] == nil {
            incoming[chunk.network] = Incoming(
                buffer: pool.storage(count: shape.networks[chunk.network].count),
                chunks: shape.chunks(of: chunk.network), step: step)
        }
        if let buffer = incoming[chunk.network]?.buffer {
            (buffer.pointer + range.lowerBound).update(from: numbers.pointer, count: range.count)
        }
        asked[Place(network: chunk.network, chunk: chunk.index)] = nil
        guard incoming[chunk.network]?.take(chunk.index, validFor: chunk.steps) == true,
            let assembly = incoming[chunk.network]
        else { return false }
        incoming[chunk.network] = nil
        let steps = assembly.steps.compactMap(\.self)
        let first = steps.map(\.lowerBound).max() ?? step
        let last = steps.map(\.upperBound).min() ?? step
        weights[chunk.network] = Weights(buffer: assembly.buffer, steps: first...last)
        return true
    }

    private mutating func pullMissing(now: ContinuousClock.Instant) -> [Action] {
        guard mayPull(now: now) else { return [] }
        var actions: [Action] = []
        for network in shape.networks.indices where weights[network]?.steps.contains(step) != true {
            for chunk in shape.chunks(of: network) {
                actions += pull(Place(network: network, chunk: chunk), now: now)
            }
        }
        return actions
    }

    private func mayPull(now: ContinuousClock.Instant) -> Bool {
        attempt > 0 && !isComputing && restsUntil.map { now >= $0 } ?? true
    }

    /// Asks for a chunk, unless it is there or was asked for lately.
    private mutating func pull(_ place: Place, now: ContinuousClock.Instant) -> [Action] {
        guard mayPull(now: now), weights[place.network]?.steps.contains(step) != true,
            incoming[place.network]?.has(place.chunk) != true
        else { return [] }
        if let asked = asked[place], asked.step == step, now - asked.at < Timeouts.answer {
            return []
        }
        asked[place] = (step, now)
        return [
            .pull(
                Pull(
                    run: shape.run, attempt: attempt, network: place.network, step: step,
                    chunk: place.chunk, component: .weights))
        ]
    }

    // MARK: Leaves

    private mutating func start(now: ContinuousClock.Instant) -> [Action] {
        guard let plan, !plan.isDone, !isComputing, hasWeights, step < min(shape.steps, plan.until)
        else { return [] }
        let assigned = assignedLeaves(plan)
        let work = Work(
            step: step, weights: weights.compactMap { $0?.buffer }, assigned: assigned,
            unpushed: shape.tree.maximalNodes(of: assigned))
        self.work = work
        if assigned.isEmpty {
            // Others compute all leaves: now and then it looks whether they want help.
            restsUntil = now + Timeouts.look
            return advance(now: now)
        }
        return assigned.sorted().map { .compute(task($0, of: work)) }
    }

    private func task(_ leaf: Int, of work: Work) -> LeafTask {
        LeafTask(
            attempt: attempt, step: work.step, leaf: leaf, weights: work.weights,
            siblings: work.assigned.contains(leaf) ? work.assigned.count : nil)
    }

    private mutating func finish(_ result: LeafResult, now: ContinuousClock.Instant) -> [Action] {
        guard result.attempt == attempt, var work, work.step == result.step else { return [] }
        weigh(result, now: now)
        work.messages[result.leaf] = result.message
        if work.helping.remove(result.leaf) != nil {
            self.work = work
            return push([TreeNode(level: 0, index: result.leaf)], of: work, chunks: nil)
        }
        let ready = work.unpushed.filter {
            shape.tree.leaves(below: $0).allSatisfy { work.messages[$0] != nil }
        }
        work.unpushed.removeAll(where: ready.contains)
        self.work = work
        let pushes = push(ready, of: work, chunks: nil)
        guard work.unpushed.isEmpty && isComputing else { return pushes }
        return inOrder(pushes, advance(now: now)) + begin()
    }

    /// Each chunk's pull goes right behind its pushes: its new weights can travel while the next is summed and updated, and the
    /// server is never asked for what it can only lack.
    private func inOrder(_ pushes: [Action], _ pulls: [Action]) -> [Action] {
        var last: [Place: Int] = [:]
        for (index, push) in pushes.enumerated() {
            if let place = push.place { last[place] = index }
        }
        var behind: [Int: [Action]] = [:]
        for pull in pulls {
            behind[pull.place.flatMap { last[$0] } ?? pushes.count, default: []].append(pull)
        }
        return pushes.enumerated().flatMap { [$1] + (behind[$0] ?? []) }
            + (behind[pushes.count] ?? [])
    }

    private mutating func weigh(_ result: LeafResult, now: ContinuousClock.Instant) {
        let network = shape.schedule.turn(at: result.step).network
        let before = isSpeedKnown(now: now) ? leafDurations[network] : nil
        leafFinishedAt = now
        leafDurations[network] = before.map { ($0 * 3 + result.duration) / 4 } ?? result.duration
    }

    /// On to the next step: the arrival of its weights will say that this one is complete.
    private mutating func advance(now: ContinuousClock.Instant) -> [Action] {
        work?.finishedAt = now
        step += 1
        return pullMissing(now: now)
    }

    /// Begins the next leaves where the network that learns in them is not the one that just did.
    private func begin() -> [Action] {
        guard let plan, step < min(shape.steps, plan.until),
            let own = weights[shape.schedule.turn(at: step).network], own.steps.contains(step)
        else { return [] }
        return assignedLeaves(plan).sorted().map {
            .begin(LeafBeginning(step: step, leaf: $0, weights: own.buffer))
        }
    }

    private func assignedLeaves(_ plan: Plan) -> Set<Int> {
        Set(
            plan.leaves.filter { $0.member == member }.flatMap {
                $0.leaves.clamped(to: 0..<shape.tree.leaves)
            })
    }

    private func push(_ nodes: [TreeNode], of work: Work, chunks: [Int]?) -> [Action] {
        let network = shape.schedule.turn(at: work.step).network
        return (chunks ?? Array(shape.chunks(of: network))).flatMap { chunk in
            nodes.map { node in
                .push(
                    PushTask(
                        shape: shape, attempt: attempt, network: network, step: work.step,
                        node: node, chunk: chunk, member: member, messages: work.messages))
            }
        }
    }

    // MARK: Helping

    private mutating func answer(_ status: ChunkStatus, now: ContinuousClock.Instant) -> [Action] {
        let place = Place(network: status.network, chunk: status.chunk)
        guard status.run == shape.run, status.attempt == attempt, status.wanted == step,
            !isComputing,
            shape.networks.indices.contains(status.network),
            shape.chunks(of: status.network).contains(status.chunk)
        else { return [] }
        asked[place] = nil
        guard let work, work.step == step - 1, status.next == work.step,
            shape.schedule.turn(at: work.step).network == status.network
        else {
            // The servers are elsewhere: go there.
            guard status.next != step else { return pull(place, now: now) }
            step = min(status.next, shape.steps)
            self.work = nil
            return start(now: now) + pullMissing(now: now)
        }
        let missing = Set(status.missing).intersection(0..<shape.tree.leaves)
        let own = missing.intersection(work.messages.keys)
        if !own.isEmpty {
            return push(shape.tree.maximalNodes(of: own), of: work, chunks: [status.chunk])
                + pull(place, now: now)
        }
        return help(missing.subtracting(work.helping), now: now) + pull(place, now: now)
    }

    /// Computes a leaf that another worker was to compute, once that took too long and a lane is idle.
    private mutating func help(_ missing: Set<Int>, now: ContinuousClock.Instant) -> [Action] {
        guard var work, let plan, let finishedAt = work.finishedAt, work.helping.count < lanes,
            !missing.isEmpty,
            now - finishedAt >= patience(plan)
        else { return [] }
        // Helpers begin at different leaves, so that two of them seldom compute the same.
        let rank = plan.leaves.firstIndex { $0.member == member } ?? 0
        let candidates = missing.sorted()
        let leaf = candidates[(rank + work.helping.count) % candidates.count]
        work.helping.insert(leaf)
        self.work = work
        return [.compute(task(leaf, of: work))]
    }

    /// Twice the time that the worker with the most leaves may take, with as many lanes as this one.
    private func patience(_ plan: Plan) -> Duration {
        let most = plan.leaves.map(\.leaves.count).max() ?? 1
        return (leafDuration ?? .milliseconds(100)) * (2 * ((most + lanes - 1) / lanes))
    }
}

/// Whose turn it is in a step of the schedule, and where in the run that is.
public struct Turn: Hashable, Sendable {
    /// The side that learns.
    public let side: Side
    public let iteration: Int
    /// The number of this turn among the iteration's repeated turns of the side, from 0.
    public let `repeat`: Int
    /// The name of the phase that the iteration belongs to.
    public let phase: String

    public init(_ side: Side, iteration: Int, repeat: Int = 0, phase: String = "") {
        self.side = side
        self.iteration = iteration
        self.repeat = `repeat`
        self.phase = phase
    }

    /// The number of the side's network.
    public var network: Int { side.rawValue }
}

/// A part of a run in which turns follow one pattern.
public struct Phase: Hashable, Sendable {
    public let name: String
    /// How many iterations the phase lasts; nil for the last phase, which takes all that are left.
    public let iterations: Int?
    /// How often each side learns in an iteration; 0 for a side that rests.
    public let repeats: Sides<Int>

    public init(_ name: String = "", iterations: Int? = nil, repeats: Sides<Int>) {
        precondition(
            repeats.inOrder.allSatisfy { $0 >= 0 } && repeats.inOrder.contains { $0 > 0 },
            "a phase in which no side learns")
        self.name = name
        self.iterations = iterations
        self.repeats = repeats
    }

    fileprivate var stepsPerIteration: Int { repeats.discriminator + repeats.generator }
    /// Batches of real examples that an iteration reads.
    fileprivate var batchesPerIteration: Int { max(repeats.discriminator, repeats.generator) }
}

/// Tells whose turn each step is, in closed form, so that any step can be computed by any process at any time.
public struct Schedule: Hashable, Sendable {
    /// A phase, and what lies before it.
    private struct Stretch: Hashable {
        let phase: Phase
        var iteration = 0
        var step = 0
        var updates = Sides(discriminator: 0, generator: 0)
        var batches = 0
    }

    private let stretches: [Stretch]

    /// - Parameter phases: The phases in their order; all but the last say how long they are.
    public init(_ phases: [Phase]) {
        precondition(
            !phases.isEmpty && phases.dropLast().allSatisfy { $0.iterations != nil }
                && phases.last?.iterations == nil, "the last phase has all iterations that are left"
        )
        var stretches: [Stretch] = []
        var next = Stretch(phase: phases[0])
        for (phase, following) in zip(phases, Array(phases.dropFirst()) + [phases[0]]) {
            stretches.append(next)
            let iterations = phase.iterations ?? 0
            next = Stretch(
                phase: following, iteration: next.iteration + iterations,
                step: next.step + iterations * phase.stepsPerIteration,
                updates: Sides(
                    discriminator: next.updates.discriminator + iterations
                        * phase.repeats.discriminator,
                    generator: next.updates.generator + iterations * phase.repeats.generator),
                batches: next.batches + iterations * phase.batchesPerIteration)
        }
        // A phase of no iterations is never entered.
        self.stretches = stretches.filter { $0.phase.iterations != 0 }
    }

    /// The most steps that an iteration has.
    public var mostStepsPerIteration: Int {
        stretches.map(\.phase.stepsPerIteration).max() ?? 1
    }

    private func last(where isBefore: (Stretch) -> Bool) -> Stretch {
        stretches.last(where: isBefore) ?? stretches[0]
    }

    public func turn(at step: Int) -> Turn {
        let stretch = last { $0.step <= step }
        let (iterations, place) = (step - stretch.step).quotientAndRemainder(
            dividingBy: stretch.phase.stepsPerIteration)
        let first = stretch.phase.repeats.discriminator
        return Turn(
            place < first ? .discriminator : .generator,
            iteration: stretch.iteration + iterations,
            repeat: place < first ? place : place - first, phase: stretch.phase.name)
    }

    /// The first step of an iteration.
    public func firstStep(of iteration: Int) -> Int {
        let stretch = last { $0.iteration <= iteration }
        return stretch.step
            + (iteration - stretch.iteration) * stretch.phase.stepsPerIteration
    }

    /// The iteration that a step belongs to, which is the number of iterations finished before it.
    public func iteration(at step: Int) -> Int { turn(at: step).iteration }

    /// Whether a step is the first of its iteration.
    public func beginsIteration(at step: Int) -> Bool {
        firstStep(of: iteration(at: step)) == step
    }

    /// The first step from `step` on in which a network learns; nil if it never does again.
    public func nextStep(of network: Int, from step: Int) -> Int? {
        guard let side = Side(rawValue: network) else { return nil }
        let current = last { $0.step <= step }
        for stretch in stretches where stretch.step >= current.step {
            guard stretch.phase.repeats[side] > 0 else { continue }
            let start = max(step, stretch.step)
            let steps = start..<(start + stretch.phase.stepsPerIteration)
            if let found = steps.first(where: { turn(at: $0).side == side }) { return found }
        }
        return nil
    }

    /// How many updates a network has had before `step`.
    public func updates(of network: Int, before step: Int) -> Int {
        guard let side = Side(rawValue: network) else { return 0 }
        let stretch = last { $0.step <= step }
        let (iterations, rest) = (step - stretch.step).quotientAndRemainder(
            dividingBy: stretch.phase.stepsPerIteration)
        let repeats = stretch.phase.repeats
        let before = side == .discriminator ? 0 : repeats.discriminator
        return stretch.updates[side] + iterations * repeats[side]
            + min(max(rest - before, 0), repeats[side])
    }

    /// The iteration in which a network gets its update number `update`, counted from 1.
    public func iteration(ofUpdate update: Int, of network: Int) -> Int {
        guard let side = Side(rawValue: network) else { return 0 }
        let stretch = last { $0.updates[side] < update && $0.phase.repeats[side] > 0 }
        return stretch.iteration
            + (update - 1 - stretch.updates[side]) / max(1, stretch.phase.repeats[side])
    }

    /// Whether the step after one goes on with what this one's leaves have made: the generator side's turn, with the fakes that
    /// the critics have just judged.
    public func continuesLeaves(after step: Int) -> Bool {
        let (turn, next) = (turn(at: step), turn(at: step + 1))
        return turn.side == .discriminator && next.side == .generator
            && next.iteration == turn.iteration && next.repeat == turn.repeat
    }

    /// How many steps draw real examples before this turn, which is the position of its data in the endless sequence,
    /// in batches.
    public func batches(before turn: Turn) -> Int {
        let stretch = last { $0.iteration <= turn.iteration }
        return stretch.batches
            + (turn.iteration - stretch.iteration) * stretch.phase.batchesPerIteration
            + turn.repeat
    }
}

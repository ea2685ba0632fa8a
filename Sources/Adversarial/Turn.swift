/// Which network learns in a step of the schedule, and where in the run that is.
public struct Turn: Hashable, Sendable {
    /// The network's number in the recipe.
    public let network: Int
    public let iteration: Int
    /// Which of the iteration's repeated steps of this network, from 0.
    public let `repeat`: Int

    public init(network: Int, iteration: Int, repeat: Int) {
        self.network = network
        self.iteration = iteration
        self.repeat = `repeat`
    }
}

/// Whose turn each step is: a closed form, so that any step can be computed by anyone at any time.
public struct Schedule: Hashable, Sendable {
    /// How often each network learns in one iteration, in the order of their turns.
    public let repeats: [Int]

    public init(repeats: [Int]) {
        precondition(
            !repeats.isEmpty && repeats.allSatisfy { $0 > 0 },
            "every network learns in every iteration")
        self.repeats = repeats
    }

    public var stepsPerIteration: Int { repeats.reduce(0, +) }

    public func turn(at step: Int) -> Turn {
        let iteration = step / stepsPerIteration
        var place = step % stepsPerIteration
        for (network, count) in repeats.enumerated() {
            if place < count { return Turn(network: network, iteration: iteration, repeat: place) }
            place -= count
        }
        preconditionFailure("no step is numbered \(step)")
    }

    /// The first step from `step` on in which `network` learns.
    public func nextStep(of network: Int, from step: Int) -> Int {
        (step...).first { turn(at: $0).network == network } ?? step
    }

    /// How many updates `network` has had before `step`.
    public func updates(of network: Int, before step: Int) -> Int {
        let (iterations, rest) = step.quotientAndRemainder(dividingBy: stepsPerIteration)
        let before = repeats.prefix(network).reduce(0, +)
        return iterations * repeats[network] + min(max(rest - before, 0), repeats[network])
    }

    /// How many steps draw real examples before this turn's: the position of its data in the endless sequence, in batches.
    public func batches(before turn: Turn) -> Int {
        turn.iteration * (repeats.max() ?? 1) + turn.repeat
    }
}

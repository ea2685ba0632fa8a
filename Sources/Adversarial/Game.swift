public import NeuralNetworks
public import Tensors

/// A game between two sides.
///
/// Its modules are declared once, each in the buffer of its side. A game has no memory: what it computes is a function
/// of the weights and the leaf. Everything that it asks a leaf for may have to be waited for, or may fail to be read,
/// so it throws.
public protocol Game: Sendable {
    /// How the sides take turns.
    var phases: [Phase] { get }
    /// How the pictures of a growing pair become larger; most games do not grow.
    var growth: Growth { get }

    /// Whether fakes are made from real examples, as in enlarging or translating, and not only from latent vectors.
    var makesFakesOfReals: Bool { get }

    /// Makes the generator side's fakes of a leaf.
    func fakes(_ leaf: Leaf) throws -> Examples

    /// Takes the discriminator side's turn, in which each critic learns.
    ///
    /// `fakes` gives the fakes, as constants. It waits for the generator's weights, so work done before calling it
    /// overlaps with the wait.
    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws

    /// Takes the generator side's turn, and returns the terms that it minimizes, each a scalar.
    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor]

    /// A critic's scores of examples in evaluation, `[examples, 1]`; nil in games whose critics do not judge single
    /// examples.
    func scores(of examples: Examples, _ leaf: Leaf) throws -> Tensor?
}

extension Game {
    public var growth: Growth { .none }
    public var makesFakesOfReals: Bool { false }
    public func scores(of examples: Examples, _ leaf: Leaf) throws -> Tensor? { nil }
}

/// A game and the networks of its modules, which are everything that a leaf is computed with.
public struct GameStep: Sendable {
    public let game: any Game
    public let networks: Sides<Network>
    public let schedule: Schedule
    public let random: RandomSource
    /// The largest weight that the discriminator side may have; nil if no critic's objective bounds it.
    public let weightClip: Float?
    let loss: Sides<Scalar>

    /// A game whose modules `game` declares and keeps; penalties, noise and the like fall as `annealing` says.
    public init(
        _ random: RandomSource, annealing: Annealing = Annealing(iterations: 0),
        _ game: (inout GameParameters) throws -> any Game
    ) rethrows {
        var parameters = GameParameters(annealing)
        loss = Sides(
            discriminator: parameters.discriminator.scalar("loss"),
            generator: parameters.generator.scalar("loss"))
        self.game = try game(&parameters)
        networks = Sides(
            discriminator: Network("discriminator", parameters.discriminator),
            generator: Network("generator", parameters.generator))
        schedule = Schedule(self.game.phases)
        weightClip = parameters.weightClip
        self.random = random
    }

    /// What a leaf contributes to the update of the side whose turn it is: a flat buffer of gradient, statistics and
    /// scalars.
    public func message(of leaf: Leaf) throws -> Storage {
        let fakes = { try leaf.fakes(by: game) }
        switch leaf.turn.side {
        case .discriminator: try game.judge({ try fakes().detached() }, leaf)
        case .generator: try leaf.learn(game.terms(fakes, leaf).reduced(+))
        }
        return try leaf.message()
    }

    /// The generator's samples in evaluation, from counted latents; row i depends only on `numbers`, the draw and
    /// what is given.
    ///
    /// What is given is what the game reads of real examples, such as classes, with a row for each number. The weights
    /// are those of the generator after `iteration` iterations.
    public func samples(
        _ numbers: Range<Int>, _ draw: Draw, given: Examples = [:], weights: NetworkWeights,
        after iteration: Int
    ) throws -> Examples {
        try withoutGradients {
            try .joined(
                Self.slices(of: numbers.count, 100).map { rows in
                    let positions =
                        (numbers.lowerBound
                            + rows.lowerBound)..<(numbers.lowerBound + rows.upperBound)
                    let leaf = Leaf(
                        self, evaluating: positions, after: iteration, draw, weights: weights,
                        reals: given.rows(rows))
                    return try game.fakes(leaf)
                })
        }
    }

    /// A critic's scores of `count` examples in evaluation; nil in games whose critics do not judge single examples.
    ///
    /// The weights are those of the discriminator after `iteration` iterations.
    public func scores(
        of examples: Examples, count: Int, weights: NetworkWeights, after iteration: Int
    )
        throws -> [Float]?
    {
        try withoutGradients {
            let parts = try Self.slices(of: count, 100).map { rows in
                let leaf = Leaf(
                    self, evaluating: rows, after: iteration, Draw(seed: random.seed),
                    weights: weights, reals: [:])
                return try game.scores(of: examples.rows(rows), leaf)?.value.scalars
            }
            return parts.contains(nil) ? nil : parts.flatMap { $0 ?? [] }
        }
    }

    /// Cuts a count into slices of `size` rows, because what layers hold in between is large.
    private static func slices(of count: Int, _ size: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }
}

extension [Tensor] {
    fileprivate func reduced(_ combine: (Tensor, Tensor) -> Tensor) -> Tensor {
        precondition(!isEmpty, "the generator side has nothing to minimize")
        return dropFirst().reduce(self[0], combine)
    }
}

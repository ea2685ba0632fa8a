public import NeuralNetworks
public import Tensors

/// One microbatch of one turn: it gives a game what it computes with, and takes the results.
///
/// When sampling, a leaf is one slice of samples. A leaf belongs to the lane that computes it.
public final class Leaf {
    public let turn: Turn
    /// The leaf's positions in the global batch; when sampling, the numbers of the samples.
    public let positions: Range<Int>
    let mode: ForwardPass.Mode
    let random: RandomSource
    /// Which samples are drawn; nil in training.
    private let draw: Draw?
    let networks: Sides<Network>
    /// How many doublings a growing pair makes; infinity means all.
    private let growth: Float
    private let loss: Sides<Scalar>
    private let weightsOf: (Side) throws -> NetworkWeights
    private let readReals: () throws -> Examples
    private var knownReals: Examples?
    /// The pass in which fakes are made, once there is one.
    private var generatorPass: ForwardPass?
    private var knownFakes: Examples?
    /// Says how many leaves make fakes that are kept for the generator side's turn; nil if none are kept.
    private let leavesThatKeep: () throws -> Int?
    /// The answer of `leavesThatKeep` when the generator's weights arrived.
    private var keeping: Int?
    /// The passes of the side that learns, whose statistics are reported.
    private var passes: [ForwardPass] = []
    private var gradients: [Tensor?] = []
    private var scalars: [Scalar: Float] = [:]

    /// Fakes that were made in a discriminator side's turn, for the generator side's turn of the same iteration.
    ///
    /// Both turns draw the same latents, so if the generator's weights are the same, the fakes are the same, too.
    public struct Kept {
        fileprivate let fakes: Examples
        fileprivate let pass: ForwardPass
    }

    /// Creates a leaf of a run.
    ///
    /// - Parameters:
    ///   - step: The game and the networks that it is computed with.
    ///   - turn: The turn that it is a part of.
    ///   - positions: The examples' places in the global batch.
    ///   - weights: Gives the weights of a side, which it may have to wait for.
    ///   - reals: Reads the real examples, one for each position, when the game asks for them.
    ///   - kept: Fakes of this iteration that were made before.
    ///   - leavesThatKeep: Says, once the generator's weights are there, how many leaves of this process use them to
    ///     make fakes for the generator side's turn; nil if that turn makes its own.
    public init(
        _ step: GameStep, _ turn: Turn, positions: Range<Int>,
        weights: @escaping (Side) throws -> NetworkWeights,
        reals: @escaping () throws -> Examples, kept: Kept? = nil,
        leavesThatKeep: @escaping () throws -> Int? = { nil }
    ) {
        self.turn = turn
        self.positions = positions
        mode = .training
        draw = nil
        random = step.random
        networks = step.networks
        growth = step.game.growth.level(at: turn.iteration)
        loss = step.loss
        weightsOf = weights
        readReals = reals
        self.leavesThatKeep = leavesThatKeep
        if let kept {
            knownFakes = kept.fakes
            generatorPass = kept.pass
            if turn.side == .generator { passes = [kept.pass] }
        }
    }

    /// Creates a leaf for a slice of samples, or of examples to be judged.
    init(
        _ step: GameStep, evaluating positions: Range<Int>, after iteration: Int,
        _ draw: Draw, weights: NetworkWeights, reals: Examples
    ) {
        turn = Turn(
            .generator, iteration: iteration,
            phase: step.schedule.turn(at: step.schedule.firstStep(of: iteration)).phase)
        self.positions = positions
        mode = .evaluation
        self.draw = draw
        random = RandomSource(seed: draw.seed)
        networks = step.networks
        growth = step.game.growth.level(at: iteration)
        loss = step.loss
        weightsOf = { _ in weights }
        readReals = { reals }
        leavesThatKeep = { nil }
    }

    // MARK: What a game asks for

    /// Whether this leaf is part of a turn, and not of samples that are drawn.
    public var isTraining: Bool { mode == .training }

    /// The real examples; when sampling, the fields of them that are given.
    public var reals: Examples {
        get throws {
            if let knownReals { return knownReals }
            let reals = try readReals()
            knownReals = reals
            return reals
        }
    }

    /// The pass in which the generator side's modules compute.
    public var generator: ForwardPass { get throws { try generator(labels: nil) } }

    /// The pass in which the generator side's modules compute, for modules that depend on classes.
    ///
    /// - Parameter labels: The class of each position.
    public func generator(labels: [Int]?) throws -> ForwardPass {
        if let generatorPass { return generatorPass }
        let learns = turn.side == .generator && mode == .training
        keeping = learns ? nil : try leavesThatKeep()
        let pass = try pass(
            .generator, isDifferentiable: learns || keeping != nil,
            noiseNumber: Side.generator.rawValue, positions, labels: labels)
        generatorPass = pass
        return pass
    }

    /// Latent vectors, `[positions, size]`, normally distributed.
    ///
    /// The generator side's turn sees the latents of the iteration's first discriminator turn. Streams, from 0 to 255,
    /// are independent of each other.
    public func latents(_ size: Int, stream: Int = 0) -> Tensor {
        if let draw { return draw.latents(positions, size: size, stream: stream) }
        return Tensor(
            random.normal(
                rows: positions, columns: size,
                at: .init(
                    .latents, network: stream, iteration: turn.iteration, repeat: turn.repeat)))
    }

    /// Numbers in 0..<1 for what a game draws of its own, such as the part of a picture that it hides: `count` of them for
    /// each position.
    ///
    /// As with latents, the generator side's turn sees those of the iteration's first discriminator turn.
    public func uniform(_ count: Int) -> [[Float]] {
        positions.map { position in
            random.uniform(
                count,
                at: mode == .training
                    ? .init(
                        .tasks, iteration: turn.iteration, repeat: turn.repeat, position: position)
                    : .init(.tasks, network: 1, position: position))
        }
    }

    /// Adds a loss, a scalar, to what the generator side minimizes in this turn.
    ///
    /// The tape that led to the loss is released.
    public func learn(_ loss: Tensor) throws {
        add(
            networks.generator.weightGradients(
                of: [loss], upstream: [Tensor(1)], from: try generator))
        add(loss: loss.scalar)
    }

    /// Reports a number of this leaf; the run reports the mean over all leaves.
    public func report(_ scalar: Scalar, _ value: Float) { scalars[scalar] = value }

    // MARK: What critics ask for

    /// Creates a pass of its own through a side's modules.
    ///
    /// - Parameters:
    ///   - noiseNumber: Passes of different numbers draw different random numbers.
    ///   - positions: The positions for which they are drawn.
    func pass(
        _ side: Side, isDifferentiable: Bool, noiseNumber: Int, _ positions: Range<Int>,
        labels: [Int]?
    ) throws -> ForwardPass {
        let noise = ForwardPass.Noise(
            random,
            at: .init(
                .layers, network: noiseNumber, iteration: turn.iteration, repeat: turn.repeat),
            positions: positions)
        let pass = ForwardPass(
            try weights(of: side), mode, isDifferentiable: isDifferentiable, growth: growth,
            noise: mode == .training ? noise : nil, labels: labels)
        if side == turn.side { passes.append(pass) }
        return pass
    }

    func weights(of side: Side) throws -> NetworkWeights { try weightsOf(side) }

    /// Adds gradients to those of each parameter of the side that learns, in the order of declaration.
    func add(_ more: [Tensor?]) {
        guard !gradients.isEmpty else {
            gradients = more
            return
        }
        for (index, gradient) in more.enumerated() {
            guard let gradient else { continue }
            gradients[index] = gradients[index].map { $0 + gradient } ?? gradient
        }
    }

    /// Adds to the loss that the run reports for this turn's side.
    func add(loss value: Float) { scalars[loss[turn.side], default: 0] += value }

    // MARK: What it comes to

    /// The fakes that the game makes of this leaf, which are made once.
    func fakes(by game: any Game) throws -> Examples {
        if let knownFakes { return knownFakes }
        let fakes = try game.fakes(self)
        knownFakes = fakes
        if let keeping { try weights(of: .generator).finishDirection(of: keeping) }
        return fakes
    }

    /// The fakes for the generator side's turn; nil if they are not to be kept, or if none were made.
    public var kept: Kept? {
        guard keeping != nil, let knownFakes, let generatorPass else { return nil }
        return Kept(fakes: knownFakes, pass: generatorPass)
    }

    /// The flat buffer of everything that was learned and reported.
    func message() throws -> Storage {
        networks[turn.side].message(
            gradients, scalars: scalars, from: passes, try weights(of: turn.side))
    }
}

public import NeuralNetworks
public import Tensors

/// The heart: what one leaf of the batch contributes to one network's update.
///
/// A pure function of the weights, the turn and the leaf's examples; it changes nothing and remembers nothing.
public struct AdversarialStep: Sendable {
    /// The numbers of the two networks, which are also the order of their turns.
    public static let discriminatorNumber = 0
    public static let generatorNumber = 1

    public let discriminator: Network
    public let generator: Network
    public let objective: Objective
    /// The length of a latent vector.
    public let latents: Int
    public let random: RandomSource

    public init(
        discriminator: Network, generator: Network, objective: Objective, latents: Int,
        random: RandomSource
    ) {
        self.discriminator = discriminator
        self.generator = generator
        self.objective = objective
        self.latents = latents
        self.random = random
    }

    /// The networks in the order of their numbers.
    public var networks: [Network] { [discriminator, generator] }

    /// The part of a leaf's work that needs only the weights of the network that learns.
    ///
    /// So it can be done while the other's are still on their way.
    public struct Beginning {
        fileprivate let turn: Turn
        fileprivate let positions: Range<Int>
        fileprivate let part: Part

        fileprivate enum Part {
            case discriminator(reals: NDArray, Judgement)
            case generator(reals: NDArray?, fakes: Tensor, ForwardPass)
        }
    }

    /// Begins a leaf.
    ///
    /// - Parameters:
    ///   - positions: The leaf's place in the global batch.
    ///   - reals: Real examples, one for each position; read where the turn needs them.
    ///   - weights: Of the turn's network.
    public func begin(
        _ turn: Turn, positions: Range<Int>, reals: @autoclosure () throws -> NDArray,
        weights: NetworkWeights
    ) rethrows -> Beginning {
        let part: Beginning.Part
        if turn.network == Self.discriminatorNumber {
            let reals = try reals()
            var judgement = Judgement(
                discriminator, weights, objective,
                noise: noise(Self.discriminatorNumber, turn, positions))
            judgement.judge(.reals, reals)
            part = .discriminator(reals: reals, judgement)
        } else {
            let pass = ForwardPass(
                weights, .training, isDifferentiable: true,
                noise: noise(Self.generatorNumber, turn, positions))
            part = .generator(
                reals: objective.comparesInGeneratorTurn ? try reals() : nil,
                fakes: generator(latents(of: turn, positions), pass), pass)
        }
        return Beginning(turn: turn, positions: positions, part: part)
    }

    /// Finishes a leaf.
    ///
    /// - Parameters:
    ///   - weights: Of each network, in the order of their numbers.
    ///   - leaves: Where the generator's turn of this iteration comes to this lane with the weights it has now, how many
    ///     leaves compute with these here; otherwise nil.
    /// - Returns: A flat buffer of the turn's network: its gradient, statistics and measures. And where the generator's
    ///   turn comes here, the beginning of that: it is made of the fakes that were judged.
    public func finish(
        _ beginning: Beginning, weights: [NetworkWeights], keepingFakesOf leaves: Int? = nil
    ) -> (message: Storage, next: Beginning?) {
        switch beginning.part {
        case .discriminator(let reals, let judgement):
            finishDiscriminator(
                beginning, reals, judgement, weights[Self.generatorNumber], keepingFakesOf: leaves)
        case .generator(let reals, let fakes, let pass):
            (
                finishGenerator(
                    beginning, reals, fakes, pass, weights[Self.discriminatorNumber]), nil
            )
        }
    }

    private func finishDiscriminator(
        _ beginning: Beginning, _ reals: NDArray, _ started: Judgement, _ weights: NetworkWeights,
        keepingFakesOf leaves: Int?
    ) -> (message: Storage, next: Beginning?) {
        let (turn, positions) = (beginning.turn, beginning.positions)
        let pass = ForwardPass(
            weights, .training, isDifferentiable: leaves != nil,
            noise: noise(Self.generatorNumber, turn, positions))
        let fakes = generator(latents(of: turn, positions), pass)
        if let leaves { weights.finishDirection(of: leaves) }
        var judgement = started
        judgement.judge(.fakes, fakes.value)
        if judgement.needsSlopes(at: .mixtures) {
            judgement.judge(.mixtures, mixtures(reals, fakes.value, of: turn, positions))
        }
        let generatorTurn = Turn(
            network: Self.generatorNumber, iteration: turn.iteration, repeat: 0)
        let next = leaves.map { _ in
            Beginning(
                turn: generatorTurn, positions: positions,
                part: .generator(
                    reals: objective.comparesInGeneratorTurn ? reals : nil, fakes: fakes, pass))
        }
        return (judgement.message, next)
    }

    private func finishGenerator(
        _ beginning: Beginning, _ reals: NDArray?, _ fakes: Tensor, _ pass: ForwardPass,
        _ weights: NetworkWeights
    ) -> Storage {
        let critic = ForwardPass(
            weights, .training, isDifferentiable: false,
            noise: noise(Self.discriminatorNumber, beginning.turn, beginning.positions))
        let scores = discriminator(fakes, critic)
        let loss =
            switch objective.generator {
            case .ofFakes(let loss): loss(scores)
            case .ofBoth(let loss):
                loss(reals.map { discriminator(Tensor($0), critic) } ?? Tensor(0), scores)
            }
        let gradients = generator.weightGradients(of: [loss], upstream: [Tensor(1)], from: pass)
        return generator.message(gradients, measures: [loss.scalar], from: pass)
    }

    /// What the layers of a network draw from; the generator's draw the same in both turns that see the same latents.
    private func noise(_ network: Int, _ turn: Turn, _ positions: Range<Int>) -> ForwardPass.Noise {
        ForwardPass.Noise(
            random,
            at: .init(.layers, network: network, iteration: turn.iteration, repeat: turn.repeat),
            positions: positions)
    }

    /// The generator's turn sees the latents of the iteration's first critic step.
    private func latents(of turn: Turn, _ positions: Range<Int>) -> Tensor {
        let place = RandomSource.Place(.latents, iteration: turn.iteration, repeat: turn.repeat)
        return Tensor(random.normal(rows: positions, columns: latents, at: place))
    }

    /// Each real example moved towards a fake one by a share of its own, uniform in 0..<1.
    private func mixtures(
        _ reals: NDArray, _ fakes: NDArray, of turn: Turn, _ positions: Range<Int>
    ) -> NDArray {
        let shares = positions.map { position in
            random.uniform(
                1,
                at: .init(
                    .mixtures, iteration: turn.iteration, repeat: turn.repeat, position: position)
            )[0]
        }
        let ones = Array(repeating: 1, count: reals.shape.rank - 1)
        let share = Tensor(shares, shape: Shape([positions.count] + ones))
        return (Tensor(reals) + (Tensor(fakes) - Tensor(reals)) * share).value
    }

    /// Examples from the generator, in evaluation, for counted latents: row i depends on `numbers` and the seed alone.
    public func samples(_ numbers: Range<Int>, seed: UInt64, weights: NetworkWeights) -> NDArray {
        withoutGradients {
            let place = RandomSource.Place(.samples)
            let latents = Tensor(
                RandomSource(seed: seed).normal(rows: numbers, columns: latents, at: place))
            return generator(latents, ForwardPass(weights, .evaluation, isDifferentiable: false))
                .value
        }
    }
}

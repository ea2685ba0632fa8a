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
    public let method: Method
    /// The length of a latent vector.
    public let latents: Int
    public let random: RandomSource

    public init(
        discriminator: Network, generator: Network, method: Method, latents: Int,
        random: RandomSource
    ) {
        self.discriminator = discriminator
        self.generator = generator
        self.method = method
        self.latents = latents
        self.random = random
    }

    /// The networks in the order of their numbers.
    public var networks: [Network] { [discriminator, generator] }

    /// The part of a leaf's work that needs only the weights of the network that learns.
    ///
    /// So it can be done while the other's are still on their way.
    public struct Beginning {
        fileprivate let leaf: Leaf
        fileprivate let part: Part

        fileprivate enum Part {
            case discriminator(shownReals: NDArray, Judgement)
            case generator(fakes: Tensor, ForwardPass)
        }
    }

    /// Where a leaf is in the run, and its real examples, if it needs any.
    fileprivate struct Leaf {
        let turn: Turn
        /// The leaf's place in the global batch.
        let positions: Range<Int>
        let reals: Examples?
    }

    /// Begins a leaf.
    ///
    /// - Parameters:
    ///   - positions: The leaf's place in the global batch.
    ///   - reals: Real examples, one for each position; read where the turn needs them.
    ///   - weights: Of the turn's network.
    public func begin(
        _ turn: Turn, positions: Range<Int>, reals: @autoclosure () throws -> Examples,
        weights: NetworkWeights
    ) rethrows -> Beginning {
        if turn.network == Self.discriminatorNumber {
            let leaf = Leaf(turn: turn, positions: positions, reals: try reals())
            return Beginning(leaf: leaf, part: judgedReals(leaf, weights))
        }
        let leaf = Leaf(
            turn: turn, positions: positions, reals: readsRealsForGenerator ? try reals() : nil)
        let (fakes, pass) = fakes(leaf, weights, isDifferentiable: true)
        return Beginning(leaf: leaf, part: .generator(fakes: fakes, pass))
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
        case .discriminator(let shownReals, let judgement):
            finishDiscriminator(
                beginning.leaf, shownReals, judgement, weights, keepingFakesOf: leaves)
        case .generator(let fakes, let pass):
            (finishGenerator(beginning.leaf, fakes, pass, weights), nil)
        }
    }

    // MARK: The discriminator's turn

    private func judgedReals(_ leaf: Leaf, _ weights: NetworkWeights) -> Beginning.Part {
        guard let reals = leaf.reals else { preconditionFailure("there is nothing to judge") }
        var judgement = Judgement(
            discriminator, weights, method, iteration: leaf.turn.iteration,
            noise: criticNoise(leaf), labels: reals.labels)
        let shown = shown(Tensor(reals.values), .reals, leaf, weights).value
        if judgement.needsSlopes(at: .surroundings) {
            judgement.judge(.surroundings, surroundings(shown, leaf))
        }
        let shifted =
            method.consistency > 0
            ? shiftedSlightly(Tensor(reals.values), leaf, weights).value : nil
        judgement.judge(.reals, shown, consistentWith: shifted)
        return .discriminator(shownReals: shown, judgement)
    }

    private func finishDiscriminator(
        _ leaf: Leaf, _ shownReals: NDArray, _ started: Judgement, _ weights: [NetworkWeights],
        keepingFakesOf leaves: Int?
    ) -> (message: Storage, next: Beginning?) {
        let generatorWeights = weights[Self.generatorNumber]
        let (fakes, pass) = fakes(leaf, generatorWeights, isDifferentiable: leaves != nil)
        if let leaves { generatorWeights.finishDirection(of: leaves) }
        var judgement = started
        let shown = shown(
            fakes.detached(), .fakes, leaf, weights[Self.discriminatorNumber]
        ).value
        judgement.judge(.fakes, shown)
        if judgement.needsSlopes(at: .mixtures) {
            judgement.judge(.mixtures, mixtures(shownReals, shown, leaf))
        }
        let next = leaves.map { _ in
            let turn = Turn(
                network: Self.generatorNumber, iteration: leaf.turn.iteration, repeat: 0)
            let leaf = Leaf(
                turn: turn, positions: leaf.positions,
                reals: readsRealsForGenerator ? leaf.reals : nil)
            return Beginning(leaf: leaf, part: .generator(fakes: fakes, pass))
        }
        return (judgement.message, next)
    }

    /// Each real example moved towards a fake one by a share of its own, uniform in 0..<1.
    private func mixtures(_ reals: NDArray, _ fakes: NDArray, _ leaf: Leaf) -> NDArray {
        let packs = method.presentation.packs(leaf.positions)
        let shares = uniform(1, .mixtures, leaf, packs)
        let ones = Array(repeating: 1, count: reals.shape.rank - 1)
        let share = Tensor(shares, shape: Shape([packs.count] + ones))
        return (Tensor(reals) + (Tensor(fakes) - Tensor(reals)) * share).value
    }

    /// Each real example moved by up to half of the examples' deviation, each number on its own (Kodali et al., 2017).
    private func surroundings(_ reals: NDArray, _ leaf: Leaf) -> NDArray {
        let values = Tensor(reals)
        let deviation = (values - values.mean()).squared().mean().squareRoot()
        let packs = method.presentation.packs(leaf.positions)
        let draws = uniform(reals.shape.dropFirst().elementCount, .surroundings, leaf, packs)
        return (values + Tensor(draws, shape: reals.shape) * (deviation * 0.5)).value
    }

    private func uniform(
        _ count: Int, _ purpose: RandomSource.Purpose, _ leaf: Leaf, _ positions: Range<Int>
    ) -> [Float] {
        positions.flatMap { position in
            random.uniform(
                count,
                at: .init(
                    purpose, iteration: leaf.turn.iteration, repeat: leaf.turn.repeat,
                    position: position))
        }
    }

    // MARK: The generator's turn

    private func finishGenerator(
        _ leaf: Leaf, _ fakes: Tensor, _ pass: ForwardPass, _ weights: [NetworkWeights]
    ) -> Storage {
        let judge = weights[Self.discriminatorNumber]
        let critic = ForwardPass(
            judge, .training, isDifferentiable: false,
            growth: method.growth.level(at: leaf.turn.iteration), noise: criticNoise(leaf),
            labels: leaf.reals?.labels)
        let outputs = discriminator(
            shown(fakes, .fakesInGeneratorTurn, leaf, judge), critic)
        let scores = outputs.scores
        let best = best(scores, at: leaf.turn.iteration)
        var loss =
            switch method.objective.losses.generator {
            case .ofFakes(let loss): loss(scores.rows(best))
            case .ofBoth(let loss):
                loss(realScores(leaf, critic, judge).rows(best), scores.rows(best))
            }
        if method.classes > 0, let labels = leaf.reals?.labels {
            loss = loss + outputs.classLoss(labels)
        }
        if method.orthogonality > 0 {
            loss = loss + generator.distanceFromOrthogonal(pass) * method.orthogonality
        }
        let gradients = generator.weightGradients(of: [loss], upstream: [Tensor(1)], from: pass)
        return generator.message(gradients, measures: [loss.scalar], from: pass)
    }

    private func realScores(_ leaf: Leaf, _ critic: ForwardPass, _ weights: NetworkWeights)
        -> Tensor
    {
        guard let reals = leaf.reals else {
            preconditionFailure("there is nothing to compare with")
        }
        let shown = shown(Tensor(reals.values), .realsInGeneratorTurn, leaf, weights)
        return discriminator(shown, critic).scores
    }

    /// The rows of the fakes that the generator learns from; nil: all.
    private func best(_ scores: Tensor, at iteration: Int) -> [Int]? {
        let count = scores.shape[0]
        let learned = method.learned(of: count, at: iteration)
        guard learned < count else { return nil }
        let values = scores.value.scalars
        // Of equal scores the first counts, so that the choice is a function of the numbers alone.
        let order = (0..<count).sorted { (-values[$0], $0) < (-values[$1], $1) }
        return order.prefix(learned).sorted()
    }

    private var readsRealsForGenerator: Bool {
        method.objective.losses.comparesInGeneratorTurn || generator.isConditional
    }

    // MARK: Fakes, and what is shown of examples

    /// The generator's turn sees the latents, and the classes, of the iteration's first critic step.
    private func fakes(_ leaf: Leaf, _ weights: NetworkWeights, isDifferentiable: Bool) -> (
        Tensor, ForwardPass
    ) {
        let (iteration, number) = (leaf.turn.iteration, leaf.turn.repeat)
        let pass = ForwardPass(
            weights, .training, isDifferentiable: isDifferentiable,
            growth: method.growth.level(at: iteration),
            noise: ForwardPass.Noise(
                random,
                at: .init(
                    .layers, network: Self.generatorNumber, iteration: iteration, repeat: number),
                positions: leaf.positions),
            labels: leaf.reals?.labels)
        let place = RandomSource.Place(.latents, iteration: iteration, repeat: number)
        let latents = random.normal(rows: leaf.positions, columns: latents, at: place)
        return (generator(Tensor(latents), pass), pass)
    }

    private func shown(
        _ examples: Tensor, _ audience: Presentation.Audience, _ leaf: Leaf,
        _ weights: NetworkWeights
    ) -> Tensor {
        let iteration = leaf.turn.iteration
        return method.presentation(
            examples, for: audience, random, at: leaf.turn, leaf.positions,
            noiseShare: method.annealing.share(at: iteration, end: 0),
            augmentationShare: discriminator.augmentationShare(in: weights))
    }

    private func shiftedSlightly(_ examples: Tensor, _ leaf: Leaf, _ weights: NetworkWeights)
        -> Tensor
    {
        var place = RandomSource.Place(
            .presentation, network: Presentation.Audience.consistency.rawValue,
            iteration: leaf.turn.iteration, repeat: leaf.turn.repeat)
        let offsets = leaf.positions.map { position -> SIMD2<Int> in
            place.position = position
            let draws = random.uniform(2, at: place, in: -1..<1)
            return [offset(draws[0], examples.shape[2]), offset(draws[1], examples.shape[3])]
        }
        return shown(examples.shifted(by: offsets), .reals, leaf, weights)
    }

    private func offset(_ draw: Float, _ side: Int) -> Int {
        Int((draw * Presentation.consistencyShift * Float(side)).rounded())
    }

    private func criticNoise(_ leaf: Leaf) -> ForwardPass.Noise {
        ForwardPass.Noise(
            random,
            at: .init(
                .layers, network: Self.discriminatorNumber, iteration: leaf.turn.iteration,
                repeat: leaf.turn.repeat),
            positions: method.presentation.packs(leaf.positions))
    }

    // MARK: Sampling

    /// Examples from the generator, in evaluation, for counted latents: row i depends on `numbers` and the seed alone.
    ///
    /// - Parameters:
    ///   - labels: The class of each, where the generator draws by class.
    ///   - weights: Of the generator.
    ///   - iteration: How many iterations they have been trained for, which is how far a growing one has grown.
    public func samples(
        _ numbers: Range<Int>, seed: UInt64, labels: [Int]? = nil, weights: NetworkWeights,
        after iteration: Int
    ) -> NDArray {
        withoutGradients {
            // A hundred at a time: what layers hold in between is large.
            let parts = stride(from: 0, to: numbers.count, by: 100).map { start in
                let rows = start..<min(start + 100, numbers.count)
                let latents = RandomSource(seed: seed).normal(
                    rows: (numbers.lowerBound + rows.lowerBound)..<(numbers.lowerBound
                        + rows.upperBound),
                    columns: latents, at: .init(.samples))
                let pass = ForwardPass(
                    weights, .evaluation, isDifferentiable: false,
                    growth: method.growth.level(at: iteration),
                    labels: labels.map { Array($0[rows]) })
                return generator(Tensor(latents), pass)
            }
            return parts.count == 1 ? parts[0].value : Tensor.concatenated(parts, along: 0).value
        }
    }

    /// What the discriminator says of examples, in evaluation: one score a pack, of whole packs.
    ///
    /// - Parameter labels: The class of each, where the discriminator judges by class.
    public func scores(
        of examples: NDArray, labels: [Int]? = nil, weights: NetworkWeights, after iteration: Int
    ) -> [Float] {
        withoutGradients {
            let packing = method.presentation.packing
            let (count, size) = (examples.shape[0] / packing * packing, 100 * packing)
            return stride(from: 0, to: count, by: size).flatMap { start in
                let rows = start..<min(start + size, count)
                let pass = ForwardPass(
                    weights, .evaluation, isDifferentiable: false,
                    growth: method.growth.level(at: iteration),
                    labels: labels.map { Array($0[rows]) })
                let shown = method.presentation.packed(Tensor(examples).sliced(0, rows))
                return discriminator(shown, pass).scores.value.scalars
            }
        }
    }
}

/// What a discriminator says of `[batch, 1 + classes]`.
extension Tensor {
    /// `[batch, 1]`, unbounded.
    var scores: Tensor { sliced(1, 0..<1) }

    /// The cross-entropy of the classes said with those that are true.
    func classLoss(_ labels: [Int]) -> Tensor { sliced(1, 1..<shape[1]).crossEntropy(labels) }

    fileprivate func rows(_ rows: [Int]?) -> Tensor { rows.map(gathered) ?? self }
}

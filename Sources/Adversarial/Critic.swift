public import NeuralNetworks
public import Tensors

/// A network that tells real examples from fakes, with what it minimizes, its penalties, and how it is shown examples.
///
/// A game has as many critics as it likes, all in the discriminator side's buffer. The classes and conditions that a
/// critic judges by come with the examples, as labels or as further channels.
public struct Critic: Sendable {
    let body: any Layer
    let settings: CriticSettings
    private let annealing: Annealing
    /// The number of this critic among those of the game, from 0.
    private let number: Int
    /// How often images are augmented; nil if this does not adapt.
    private let augmentationShare: Parameter?
    private let scoreOfReals: Scalar
    private let scoreOfFakes: Scalar

    /// Declares a critic among the modules of a game.
    ///
    /// `name` is its prefix in the buffer, empty for the only critic of a game. `body` maps what is judged, `[batch, …]`,
    /// to unbounded scores `[batch, 1 + classes]`, or to one score for each patch, `[batch, 1, height, width]` (Isola et
    /// al., 2017); losses are then means over patches.
    public init(
        _ parameters: inout GameParameters, named name: String = "", _ settings: CriticSettings,
        _ body: (inout ParameterTree) -> any Layer
    ) {
        self.settings = settings
        annealing = parameters.annealing
        number = parameters.critics
        parameters.critics += 1
        parameters.weightClip = [parameters.weightClip, settings.objective.weightClip]
            .compactMap(\.self).min()
        (self.body, augmentationShare, scoreOfReals, scoreOfFakes) = parameters.discriminator
            .module(name) { tree in
                let body = body(&tree)
                if settings.augmentation.kind == .adaptive {
                    AdaptiveAugmentation.declare(in: &tree)
                }
                return (
                    body, tree.parameter(named: AdaptiveAugmentation.name),
                    tree.scalar("score-of-reals"), tree.scalar("score-of-fakes")
                )
            }
    }

    // MARK: The discriminator side's turn

    /// Learns to tell real examples, `[positions, …]`, from as many fakes of the same shape.
    ///
    /// The fakes are asked for once everything that does not need them is done. A critic that judges by class needs
    /// `labels`, the class of each real example and of its fake.
    public func learn(
        _ reals: Tensor, _ fakes: @autoclosure () throws -> Tensor, labels: [Int]? = nil,
        _ leaf: Leaf
    ) throws {
        var judgement = Judgement(
            self, leaf, try pass(leaf, labels: labels, isDifferentiable: true), labels: labels)
        let shownReals = try shown(reals, .reals, leaf).value
        if judgement.needsSlopes(at: .surroundings) {
            try judgement.judge(.surroundings, surroundings(shownReals, leaf))
        }
        let shifted =
            settings.consistency > 0 ? try shiftedSlightly(reals, leaf).value : nil
        try judgement.judge(.reals, shownReals, consistentWith: shifted)
        let shownFakes = try shown(try fakes().detached(), .fakes, leaf).value
        try judgement.judge(.fakes, shownFakes)
        if judgement.needsSlopes(at: .interpolates) {
            try judgement.judge(.interpolates, interpolates(shownReals, shownFakes, leaf))
        }
        judgement.finish()
        leaf.report(scoreOfReals, judgement.meanScore(at: .reals))
        leaf.report(scoreOfFakes, judgement.meanScore(at: .fakes))
    }

    /// Moves each real example towards a fake one by a share of its own, uniform in 0..<1.
    private func interpolates(_ reals: NDArray, _ fakes: NDArray, _ leaf: Leaf) -> NDArray {
        let packs = settings.augmentation.packs(leaf.positions)
        let shares = uniform(1, .interpolates, leaf, packs)
        let ones = Array(repeating: 1, count: reals.shape.rank - 1)
        let share = Tensor(shares, shape: Shape([packs.count] + ones))
        return (Tensor(reals) + (Tensor(fakes) - Tensor(reals)) * share).value
    }

    /// Moves each real example by up to half of the examples' deviation, each number on its own (Kodali et al., 2017).
    private func surroundings(_ reals: NDArray, _ leaf: Leaf) -> NDArray {
        let values = Tensor(reals)
        let deviation = (values - values.mean()).squared().mean().squareRoot()
        let packs = settings.augmentation.packs(leaf.positions)
        let draws = uniform(reals.shape.dropFirst().elementCount, .surroundings, leaf, packs)
        return (values + Tensor(draws, shape: reals.shape) * (deviation * 0.5)).value
    }

    private func uniform(
        _ count: Int, _ purpose: RandomSource.Purpose, _ leaf: Leaf, _ positions: Range<Int>
    ) -> [Float] {
        positions.flatMap { position in
            leaf.random.uniform(
                count,
                at: .init(
                    purpose, network: number, iteration: leaf.turn.iteration,
                    repeat: leaf.turn.repeat, position: position))
        }
    }

    // MARK: The generator side's turn

    /// What the generator side minimizes so that its fakes are judged as real; a scalar.
    ///
    /// Real examples are asked for only if the objective compares fakes with them. A critic that judges by class needs
    /// `labels`, the class that each fake should have.
    public func loss(
        of fakes: Tensor, against reals: @autoclosure () throws -> Tensor, labels: [Int]? = nil,
        _ leaf: Leaf
    ) throws -> Tensor {
        let pass = try pass(leaf, labels: labels, isDifferentiable: false)
        let outputs = body(try shown(fakes, .fakesInGeneratorTurn, leaf), pass)
        let scores = outputs.scores
        let best = best(scores, at: leaf.turn.iteration)
        var loss: Tensor
        switch settings.objective.losses.generator {
        case .ofFakes(let lossOfFakes): loss = lossOfFakes(scores.rows(best))
        case .ofBoth(let lossOfBoth):
            let shownReals = try shown(try reals(), .realsInGeneratorTurn, leaf)
            loss = lossOfBoth(body(shownReals, pass).scores.rows(best), scores.rows(best))
        }
        if outputs.saysClasses, let labels { loss = loss + outputs.classLoss(labels) }
        return loss
    }

    /// The rows of the fakes that the generator learns from; nil means all.
    private func best(_ scores: Tensor, at iteration: Int) -> [Int]? {
        let count = scores.shape[0]
        let share = annealing.share(at: iteration, end: settings.topK)
        let learned = max(1, Int((share * Float(count)).rounded()))
        guard learned < count else { return nil }
        let values = scores.meanOfExamples.value.scalars
        // The first of equal scores counts, so that the choice is a function of the numbers alone.
        let order = (0..<count).sorted { (-values[$0], $0) < (-values[$1], $1) }
        return order.prefix(learned).sorted()
    }

    // MARK: Evaluation

    /// The critic's scores of examples, `[packs, 1]`; examples that do not fill a pack are skipped.
    public func scores(of examples: Tensor, labels: [Int]? = nil, _ leaf: Leaf) throws -> Tensor {
        let packing = settings.augmentation.packing
        let whole = examples.sliced(0, 0..<(examples.shape[0] / packing * packing))
        let pass = try pass(leaf, labels: labels, isDifferentiable: false)
        return body(settings.augmentation.packed(whole), pass).scores
    }

    // MARK: Parts

    /// The share of the penalties' weights in an iteration.
    func penaltyShare(at iteration: Int) -> Float {
        annealing.share(at: iteration, end: settings.penaltyEnd)
    }

    private func pass(_ leaf: Leaf, labels: [Int]?, isDifferentiable: Bool) throws -> ForwardPass {
        try leaf.pass(
            .discriminator, isDifferentiable: isDifferentiable,
            noiseNumber: Side.discriminator.rawValue + 2 * number,
            settings.augmentation.packs(leaf.positions), labels: labels)
    }

    private func shown(_ examples: Tensor, _ audience: Augmentation.Audience, _ leaf: Leaf) throws
        -> Tensor
    {
        let share = try augmentationShare.map {
            try leaf.weights(of: .discriminator)[$0].scalars[0]
        }
        return settings.augmentation(
            examples, leaf.random, at: place(for: audience, leaf), leaf.positions,
            noiseShare: annealing.share(at: leaf.turn.iteration, end: 0),
            augmentationShare: share ?? 0)
    }

    private func place(for audience: Augmentation.Audience, _ leaf: Leaf) -> RandomSource.Place {
        RandomSource.Place(
            .augmentation, network: audience.rawValue + 8 * number,
            iteration: leaf.turn.iteration, repeat: leaf.turn.repeat)
    }

    private func shiftedSlightly(_ examples: Tensor, _ leaf: Leaf) throws -> Tensor {
        var place = place(for: .consistency, leaf)
        let offsets = leaf.positions.map { position -> SIMD2<Int> in
            place.position = position
            let draws = leaf.random.uniform(2, at: place, in: -1..<1)
            return [offset(draws[0], examples.shape[2]), offset(draws[1], examples.shape[3])]
        }
        return try shown(examples.shifted(by: offsets), .reals, leaf)
    }

    private func offset(_ draw: Float, _ side: Int) -> Int {
        Int((draw * Augmentation.consistencyShift * Float(side)).rounded())
    }

    /// Reports a share of augmented images that is larger or smaller, in proportion to how far the critic is too
    /// certain or too uncertain of reals.
    func observeCertainty(_ scores: Tensor, _ pass: ForwardPass) {
        guard let augmentationShare else { return }
        AdaptiveAugmentation.observe(scores, augmentationShare, pass)
    }
}

/// A critic's outputs, `[batch, 1 + classes]`.
extension Tensor {
    /// The scores, `[batch, 1]`, unbounded.
    var scores: Tensor { sliced(1, 0..<1) }

    /// Whether there are outputs for classes beside the score (Odena et al., 2017).
    var saysClasses: Bool { shape[1] > 1 }

    /// The cross-entropy between the predicted and the true classes.
    func classLoss(_ labels: [Int]) -> Tensor { sliced(1, 1..<shape[1]).crossEntropy(labels) }

    /// The mean of the scores of patches, if there are such, `[batch, 1]`.
    fileprivate var meanOfExamples: Tensor {
        shape.rank == 2 ? self : mean(over: Array(shape.indices.dropFirst(2)))
    }

    fileprivate func rows(_ rows: [Int]?) -> Tensor { rows.map(gathered) ?? self }
}

internal import NeuralNetworks
internal import Tensors

/// A critic's turn at one leaf: scores, slopes if a penalty asks for them, and the gradient of both.
///
/// The gradient for a place is taken as soon as nothing more is needed for it, and its tape is released. Losses that do
/// not compare reals with fakes therefore never have both in memory. Slopes of piecewise-linear critics take the short
/// way of ``LinearizedCritic``; everything else uses the tape.
struct Judgement {
    typealias Place = GradientPenalty.Place

    private let critic: Critic
    private let leaf: Leaf
    private let pass: ForwardPass
    private let labels: [Int]?
    /// The place that waits for the other place, with which it is compared.
    private var compared: (place: Place, evidence: Evidence)?
    /// The evidence that should have the same scores as the reals.
    private var companion: Evidence?
    private var gradients: [Tensor?] = []
    private var loss: Float = 0
    private var meanScores: [Place: Float] = [:]

    /// - Parameter pass: A pass through the critic, differentiable.
    init(_ critic: Critic, _ leaf: Leaf, _ pass: ForwardPass, labels: [Int]?) {
        self.critic = critic
        self.leaf = leaf
        self.pass = pass
        self.labels = labels
    }

    private var settings: CriticSettings { critic.settings }

    /// Whether some penalty needs the slopes at a place.
    func needsSlopes(at place: Place) -> Bool {
        settings.penalties.contains { $0.place == place }
    }

    /// - Parameter other: Examples that should have the same scores as `examples`.
    mutating func judge(
        _ place: Place, _ examples: NDArray, consistentWith other: NDArray? = nil
    ) throws {
        let evidence = try evidence(at: place, examples)
        meanScores[place] = Tensor(evidence.outputs).scores.mean().scalar
        if place == .reals {
            critic.observeCertainty(Tensor(evidence.outputs).scores, pass)
            companion = other.map {
                .taped(outputs: critic.body(Tensor($0), pass), squaredSlopes: nil)
            }
        }
        switch (place, settings.objective.losses.discriminator) {
        case (.interpolates, _), (.surroundings, _): learn([(place, evidence)]) { _ in Tensor(0) }
        case (.reals, .ofEach(let loss, _)), (.fakes, .ofEach(_, let loss)):
            learn([(place, evidence)]) { loss($0[0]) }
        case (_, .ofBoth(let loss)):
            guard let other = compared else {
                compared = (place, evidence)
                return
            }
            compared = nil
            let pair = [other, (place, evidence)].sorted { $0.0.rawValue < $1.0.rawValue }
            learn(pair) { loss($0[0], $0[1]) }
        }
    }

    /// Adds the gradient of everything that was judged to the leaf's gradient.
    func finish() {
        precondition(compared == nil, "reals and fakes are judged in pairs")
        leaf.add(gradients)
        leaf.add(loss: loss)
    }

    /// The mean score of the examples that were judged at a place.
    func meanScore(at place: Place) -> Float { meanScores[place] ?? 0 }

    // MARK: Scores and slopes

    private enum Evidence {
        case linearized(LinearizedCritic)
        /// The critic's outputs: scores, and predictions of classes if there are any, `[batch, 1 + classes]`.
        case taped(outputs: Tensor, squaredSlopes: Tensor?)

        var outputs: NDArray {
            switch self {
            case .linearized(let critic): critic.scores.value
            case .taped(let outputs, _): outputs.value
            }
        }
        var squaredSlopes: NDArray? {
            switch self {
            case .linearized(let critic): critic.squaredSlopes.value
            case .taped(_, let squaredSlopes): squaredSlopes?.value
            }
        }
    }

    private func evidence(at place: Place, _ examples: NDArray) throws -> Evidence {
        guard needsSlopes(at: place) else {
            return .taped(outputs: critic.body(Tensor(examples), pass), squaredSlopes: nil)
        }
        if critic.body.isPiecewiseLinear {
            let weights = try leaf.weights(of: .discriminator)
            return .linearized(LinearizedCritic(critic.body, examples, weights))
        }
        let input = Tensor.variable(examples)
        let outputs = critic.body(input, pass)
        let slopes = gradient(
            of: outputs.scores.sum(), withRespectTo: input, isDifferentiable: true)
        let squaredSlopes = slopes.sumOfSquaresOfExamples()
        guard outputs.shape.rank > 2 else {
            return .taped(outputs: outputs, squaredSlopes: squaredSlopes)
        }
        // With this, a penalty means the same whatever the number of patches.
        let patches = Float(outputs.shape.dropFirst(2).elementCount)
        return .taped(outputs: outputs, squaredSlopes: squaredSlopes / patches)
    }

    /// Adds a loss of the scores at some places, and their penalties, to what was learned so far.
    private mutating func learn(
        _ judged: [(place: Place, evidence: Evidence)], _ lossOfScores: ([Tensor]) -> Tensor
    ) {
        // First comes the loss as a function of the outputs alone; then each evidence is followed down to the weights.
        let outputs = judged.map { Tensor.variable($0.evidence.outputs) }
        let slopes = judged.map { $0.evidence.squaredSlopes.map(Tensor.variable) }
        var total = lossOfScores(outputs.map(\.scores))
        for (index, place) in judged.map(\.place).enumerated() {
            if let slope = slopes[index] { total = total + penalties(at: place, slope) }
            if outputs[index].saysClasses, let labels, place == .reals || place == .fakes {
                total = total + outputs[index].classLoss(labels)
            }
        }
        var evidence = judged.map(\.evidence)
        var said = outputs
        if let companion, let reals = judged.firstIndex(where: { $0.place == .reals }) {
            let other = Tensor.variable(companion.outputs)
            let difference = outputs[reals].scores - other.scores
            total = total + difference.squared().mean() * settings.consistency
            evidence.append(companion)
            said.append(other)
            self.companion = nil
        }
        loss += total.scalar
        // A missing tensor has no position, and so no gradient.
        let positions = said.map(\.position) + slopes.map { ($0 ?? Tensor(0)).position }
        let found = Tensors.gradients(of: total, at: positions)
        for (index, evidence) in evidence.enumerated() {
            let slope = index < judged.count ? found[said.count + index] : nil
            add(weightGradients(evidence, found[index], slope))
        }
    }

    private func penalties(at place: Place, _ squaredSlopes: Tensor) -> Tensor {
        settings.penalties.filter { $0.place == place }
            .map { $0.value(squaredSlopes, share: critic.penaltyShare(at: leaf.turn.iteration)) }
            .reduce(Tensor(0)) { $0 + $1 }
    }

    private func weightGradients(
        _ evidence: Evidence, _ scoreGradient: Tensor?, _ slopeGradient: Tensor?
    ) -> [Tensor?] {
        switch evidence {
        case .linearized(let critic):
            return critic.weightGradients(
                scoreGradients: scoreGradient, slopeGradients: slopeGradient)
        case .taped(let said, let squaredSlopes):
            let outputs = [(said, scoreGradient), (squaredSlopes ?? said, slopeGradient)]
                .compactMap { output, gradient in gradient.map { (output, $0) } }
            return leaf.networks.discriminator.weightGradients(
                of: outputs.map(\.0), upstream: outputs.map(\.1), from: pass)
        }
    }

    private mutating func add(_ more: [Tensor?]) {
        if gradients.isEmpty {
            gradients = more
            return
        }
        for (index, gradient) in more.enumerated() {
            guard let gradient else { continue }
            gradients[index] = gradients[index].map { $0 + gradient } ?? gradient
        }
    }
}

internal import NeuralNetworks
internal import Tensors

/// The discriminator's turn at one leaf: scores, slopes where a penalty asks for them, and the gradient of both.
///
/// Each place's gradient is taken as soon as nothing more is needed for it, and its tape let go: losses that do not
/// compare reals with fakes never have both in memory. Slopes of piecewise-linear discriminators take the short way of
/// ``LinearizedCritic``; all else goes over the tape.
struct Judgement {
    typealias Place = SlopePenalty.Place

    private let discriminator: Network
    private let weights: NetworkWeights
    private let objective: Objective
    private let pass: ForwardPass
    /// What waits for the other place that it is compared with.
    private var compared: (place: Place, evidence: Evidence)?
    private var gradients: [Tensor?] = []
    private var loss: Float = 0

    init(
        _ discriminator: Network, _ weights: NetworkWeights, _ objective: Objective,
        noise: ForwardPass.Noise
    ) {
        self.discriminator = discriminator
        self.weights = weights
        self.objective = objective
        pass = ForwardPass(weights, .training, isDifferentiable: true, noise: noise)
    }

    /// Whether some penalty wants the slopes there.
    func needsSlopes(at place: Place) -> Bool {
        objective.penalties.contains { $0.place == place }
    }

    mutating func judge(_ place: Place, _ examples: NDArray) {
        let evidence = evidence(at: place, examples)
        switch (place, objective.discriminator) {
        case (.mixtures, _): learn([(place, evidence)]) { _ in Tensor(0) }
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

    /// The gradient for the discriminator's weights of all that was judged, as its message.
    var message: Storage {
        precondition(compared == nil, "reals and fakes are judged in pairs")
        return discriminator.message(gradients, measures: [loss], from: pass)
    }

    // MARK: Scores and slopes

    private enum Evidence {
        case linearized(LinearizedCritic)
        case taped(scores: Tensor, squaredSlopes: Tensor?)

        var scores: NDArray {
            switch self {
            case .linearized(let critic): critic.scores.value
            case .taped(let scores, _): scores.value
            }
        }
        var squaredSlopes: NDArray? {
            switch self {
            case .linearized(let critic): critic.squaredSlopes.value
            case .taped(_, let squaredSlopes): squaredSlopes?.value
            }
        }
    }

    private func evidence(at place: Place, _ examples: NDArray) -> Evidence {
        guard needsSlopes(at: place) else {
            return .taped(scores: discriminator(Tensor(examples), pass), squaredSlopes: nil)
        }
        if discriminator.isPiecewiseLinear {
            return .linearized(LinearizedCritic(discriminator, examples, weights))
        }
        let input = Tensor.variable(examples)
        let scores = discriminator(input, pass)
        let slopes = gradient(of: scores.sum(), withRespectTo: input, isDifferentiable: true)
        return .taped(scores: scores, squaredSlopes: slopes.sumOfSquaresOfExamples())
    }

    /// Adds a loss of some places' scores, and their penalties, to what was learned so far.
    private mutating func learn(
        _ places: [(place: Place, evidence: Evidence)], _ lossOfScores: ([Tensor]) -> Tensor
    ) {
        // The loss as a function of scores and slopes alone; then each place's own way down to the weights.
        let scores = places.map { Tensor.variable($0.evidence.scores) }
        let slopes = places.map { $0.evidence.squaredSlopes.map(Tensor.variable) }
        var total = lossOfScores(scores)
        for (place, slope) in zip(places, slopes) {
            guard let slope else { continue }
            for penalty in objective.penalties where penalty.place == place.place {
                total = total + penalty.value(slope)
            }
        }
        loss += total.scalar
        // What is no tensor has no position, and so no gradient.
        let positions = scores.map(\.position) + slopes.map { ($0 ?? Tensor(0)).position }
        let found = Tensors.gradients(of: total, at: positions)
        for (index, place) in places.enumerated() {
            add(weightGradients(place.evidence, found[index], found[places.count + index]))
        }
    }

    private func weightGradients(
        _ evidence: Evidence, _ scoreGradient: Tensor?, _ slopeGradient: Tensor?
    ) -> [Tensor?] {
        switch evidence {
        case .linearized(let critic):
            return critic.weightGradients(
                scoreGradients: scoreGradient, slopeGradients: slopeGradient)
        case .taped(let scores, let squaredSlopes):
            let outputs = [(scores, scoreGradient), (squaredSlopes ?? scores, slopeGradient)]
                .compactMap { output, gradient in gradient.map { (output, $0) } }
            return discriminator.weightGradients(
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

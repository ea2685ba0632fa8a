internal import NeuralNetworks
internal import Tensors

/// The discriminator's scores of some examples, and its slopes at them where a penalty asks for those.
///
/// Slopes of piecewise-linear discriminators take the short way of ``LinearizedCritic``; all else goes over the tape.
struct Judgement {
    typealias Place = SlopePenalty.Place

    private enum Evidence {
        case linearized(LinearizedCritic)
        case taped(scores: Tensor, squaredSlopes: Tensor?)

        var scores: Tensor {
            switch self {
            case .linearized(let critic): critic.scores
            case .taped(let scores, _): scores
            }
        }
        var squaredSlopes: Tensor? {
            switch self {
            case .linearized(let critic): critic.squaredSlopes
            case .taped(_, let squaredSlopes): squaredSlopes
            }
        }
    }

    private let discriminator: Network
    private let weights: NetworkWeights
    private let penalties: [SlopePenalty]
    private let prefersShortWay: Bool
    private let pass: ForwardPass
    private var evidence: [(place: Place, found: Evidence)] = []

    init(
        _ discriminator: Network, _ weights: NetworkWeights, _ penalties: [SlopePenalty],
        prefersShortWay: Bool = true
    ) {
        self.discriminator = discriminator
        self.weights = weights
        self.penalties = penalties
        self.prefersShortWay = prefersShortWay
        pass = ForwardPass(weights, .training, isDifferentiable: true)
    }

    mutating func judge(_ place: Place, _ examples: NDArray) {
        evidence.append((place, found(at: place, examples)))
    }

    private func found(at place: Place, _ examples: NDArray) -> Evidence {
        guard penalties.contains(where: { $0.place == place }) else {
            return .taped(scores: discriminator(Tensor(examples), pass), squaredSlopes: nil)
        }
        if prefersShortWay, discriminator.isPiecewiseLinear {
            return .linearized(LinearizedCritic(discriminator, examples, weights))
        }
        let input = Tensor.variable(examples)
        let scores = discriminator(input, pass)
        let slopes = gradient(of: scores.sum(), withRespectTo: input, isDifferentiable: true)
        return .taped(scores: scores, squaredSlopes: slopes.sumOfSquaresOfExamples())
    }

    /// Writes the gradient of the objective and its penalties for the discriminator's weights.
    func write(_ objective: Objective, to message: Storage) {
        // The loss as a function of scores and slopes alone; then each place's own way down to the weights.
        let scores = evidence.map { Tensor.variable($0.found.scores.value) }
        let slopes = evidence.map { $0.found.squaredSlopes.map { Tensor.variable($0.value) } }
        func at<Found>(_ place: Place, _ found: [Found]) -> Found? {
            evidence.firstIndex { $0.place == place }.map { found[$0] }
        }
        guard let reals = at(.reals, scores), let fakes = at(.fakes, scores) else {
            preconditionFailure("judged neither reals nor fakes")
        }
        let loss = penalties.reduce(objective.discriminator(reals, fakes)) { sum, penalty in
            guard let slopes = at(penalty.place, slopes) ?? nil else { return sum }
            return sum + penalty.value(slopes)
        }
        let places = evidence.indices
        let found = gradients(of: loss, withRespectTo: scores + slopes.compactMap { $0 })
        var next = scores.count
        var outputs: [(Tensor, upstream: Tensor)] = []
        var parts: [[Tensor?]] = []
        for index in places {
            let scoreGradient = found[index]
            var slopeGradient: Tensor?
            if slopes[index] != nil {
                slopeGradient = found[next]
                next += 1
            }
            switch evidence[index].found {
            case .linearized(let critic):
                parts.append(
                    critic.weightGradients(
                        scoreGradients: scoreGradient, slopeGradients: slopeGradient))
            case .taped(let scores, let squaredSlopes):
                if let scoreGradient { outputs.append((scores, scoreGradient)) }
                if let squaredSlopes, let slopeGradient {
                    outputs.append((squaredSlopes, slopeGradient))
                }
            }
        }
        if !outputs.isEmpty {
            parts.append(
                discriminator.weightGradients(
                    of: outputs.map(\.0), upstream: outputs.map(\.upstream), from: pass))
        }
        let total = parts.dropFirst().reduce(parts[0]) { sum, part in
            zip(sum, part).map { a, b in
                guard let a else { return b }
                return b.map { a + $0 } ?? a
            }
        }
        discriminator.write(total, measures: [loss.scalar], from: pass, to: message)
    }
}

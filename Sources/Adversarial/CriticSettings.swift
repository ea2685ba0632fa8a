internal import Tensors

/// What a critic minimizes, what it is shown, and what keeps it fair.
public struct CriticSettings: Sendable {
    public var objective: Objective
    /// Added to what the critic minimizes.
    public var penalties: [GradientPenalty]
    public var augmentation = Augmentation()
    /// How fast numbers below fall.
    public var annealing = Annealing(iterations: 0)
    /// The share of the penalties' weights that is left in the end.
    public var penaltyEnd: Float = 1
    /// The weight of (score of a real - score of the same, shifted)² (Zhang et al., 2020).
    public var consistency: Float = 0
    /// The share of a microbatch's fakes, the best by score, that the generator learns from in the end (Sinha et al., 2020).
    public var topShare: Float = 1
    /// Classes that the critic tells apart beside its score (Odena et al., 2017); 0: none.
    public var classes = 0

    public init(_ objective: Objective, penalties: [GradientPenalty] = []) {
        self.objective = objective
        self.penalties =
            (objective.gradientPenalty.map { [.unitSlope(at: $0.place, weight: $0.weight)] } ?? [])
            + penalties
    }

    func penaltyShare(at iteration: Int) -> Float {
        annealing.share(at: iteration, end: penaltyEnd)
    }

    /// How many of `count` fakes the generator learns from.
    func learned(of count: Int, at iteration: Int) -> Int {
        let share = annealing.share(at: iteration, end: topShare)
        return max(1, Int((share * Float(count)).rounded()))
    }
}

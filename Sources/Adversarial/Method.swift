/// How the two networks play: what each minimizes, what the critic is shown, and what keeps the game fair.
public struct Method: Sendable {
    public var objective: Objective
    /// Added to what the discriminator minimizes.
    public var penalties: [SlopePenalty]
    public var presentation = Presentation()
    /// How large the images of a growing pair are.
    public var growth = Growth.none
    /// How fast numbers below fall.
    public var annealing = Annealing(iterations: 0)
    /// The share of the penalties' weights that is left in the end.
    public var penaltyEnd: Float = 1
    /// The weight of (score of a real - score of the same, shifted)² (Zhang et al., 2020).
    public var consistency: Float = 0
    /// The weight of how far the generator's weights are from orthogonal (Brock et al., 2019).
    public var orthogonality: Float = 0
    /// The share of a microbatch's fakes, the best by score, that the generator learns from in the end (Sinha et al., 2020).
    public var topShare: Float = 1
    /// Classes that the discriminator tells apart beside its score (Odena et al., 2017); 0: none.
    public var classes = 0

    public init(_ objective: Objective, penalties: [SlopePenalty] = []) {
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

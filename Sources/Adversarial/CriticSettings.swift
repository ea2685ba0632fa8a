/// Settings of what a critic minimizes, what it is shown, and what keeps it from winning too easily.
public struct CriticSettings: SettingGroup {
    public var objective = Objective.nonSaturating
    /// The weights of R1 and R2 (Mescheder et al., 2018).
    public var r1: Float = 0
    public var r2: Float = 0
    /// The share of the penalties' weights that is left at the end.
    public var penaltyEnd: Float = 1
    /// The weight of (score of a real - score of the same real, shifted)² (Zhang et al., 2020).
    public var consistency: Float = 0
    public var augmentation = Augmentation()
    /// The share of a microbatch's fakes, the best by score, that the generator learns from at the end (Sinha et al.,
    /// 2020).
    public var topK: Float = 1

    public init() {}

    public static let fields: [SettingField<Self>] = [
        .choice("objective", \.objective, "what the two networks minimize"),
        .number("r1", \.r1, 0...1e6, "weight of squared slopes at real examples"),
        .number("r2", \.r2, 0...1e6, "weight of squared slopes at fakes"),
        .number(
            "penalty-end", \.penaltyEnd, 0...1, "share of the penalties that is left at the end"),
        .number(
            "consistency", \.consistency, 0...1e6,
            "weight of how scores change when a real image is shifted"),
        .choice(
            "augmentation", \.augmentation.kind, "how images are changed before they are judged"),
        .number(
            "noise", \.augmentation.noise, 0...100,
            "deviation of noise on all that is judged; it falls to zero"),
        .whole(
            "packing", \.augmentation.packing, 1...64, "examples that are judged together (PacGAN)"),
        .number(
            "top-k", \.topK, 0.01...1,
            "share of the fakes, the best ones, that the generator learns from at the end"),
    ]

    /// The penalties that are added to what the critic minimizes.
    var penalties: [GradientPenalty] {
        var penalties: [GradientPenalty] = []
        if let own = objective.gradientPenalty {
            penalties.append(.unitSlope(at: own.place, weight: own.weight))
        }
        if r1 > 0 { penalties.append(.zeroSlope(at: .reals, weight: r1)) }
        if r2 > 0 { penalties.append(.zeroSlope(at: .fakes, weight: r2)) }
        return penalties
    }

    public func validate(among settings: Settings) throws {
        let packing = augmentation.packing
        guard settings.microbatch % packing == 0 else {
            throw SettingError(
                "packing", expected: "a divisor of microbatch (\(settings.microbatch))",
                found: packing)
        }
        guard augmentation.kind != .adaptive || objective.decidesBySign else {
            throw SettingError(
                "augmentation",
                expected:
                    "an objective whose scores tell by their sign (minimax, non-saturating, hinge, dragan) for adaptive",
                found: objective.rawValue)
        }
        let falls = penaltyEnd < 1 || topK < 1 || augmentation.noise > 0
        guard !falls || settings[OptimizerSettings.self].annealing > 0 else {
            throw SettingError(
                "annealing",
                expected: "the iterations until penalty-end, top-k and noise are reached",
                found: 0)
        }
    }
}

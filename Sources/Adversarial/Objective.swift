/// What discriminator and generator minimize, by its name in the literature.
public enum Objective: String, CaseIterable, Sendable {
    case minimax
    case nonSaturating = "non-saturating"
    case leastSquares = "least-squares"
    case hinge
    case wassersteinClipping = "wasserstein-clipping"
    case wassersteinPenalty = "wasserstein-gp"
    case dragan
    case relativistic

    var losses: Losses {
        switch self {
        case .minimax: .minimax
        case .nonSaturating, .dragan: .nonSaturating
        case .leastSquares: .leastSquares
        case .hinge: .hinge
        case .wassersteinClipping, .wassersteinPenalty: .wasserstein
        case .relativistic: .relativistic
        }
    }

    /// The penalty that belongs to the objective itself: where it holds slopes near one, and how firmly.
    public var gradientPenalty: (place: GradientPenalty.Place, weight: Float)? {
        switch self {
        case .wassersteinPenalty: (.interpolates, 10)
        case .dragan: (.surroundings, 10)
        default: nil
        }
    }

    /// Whether the sign of a score tells a real example from a fake, which adaptive augmentation depends on.
    public var decidesBySign: Bool {
        switch self {
        case .minimax, .nonSaturating, .hinge, .dragan: true
        case .leastSquares, .wassersteinClipping, .wassersteinPenalty, .relativistic: false
        }
    }

    /// The largest weight of the discriminator, if the objective bounds it (Arjovsky et al., 2017).
    public var weightClip: Float? { self == .wassersteinClipping ? 0.01 : nil }
}

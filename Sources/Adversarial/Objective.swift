/// What discriminator and generator minimize, by the name it has in the literature.
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

    /// Where the objective itself holds slopes near one, and how firmly.
    public var gradientPenalty: (place: GradientPenalty.Place, weight: Float)? {
        switch self {
        case .wassersteinPenalty: (.interpolates, 10)
        case .dragan: (.surroundings, 10)
        default: nil
        }
    }

    /// Whether a score's sign tells a real example from a fake, which adaptive augmentation goes by.
    public var decidesBySign: Bool {
        switch self {
        case .minimax, .nonSaturating, .hinge, .dragan: true
        case .leastSquares, .wassersteinClipping, .wassersteinPenalty, .relativistic: false
        }
    }

    /// The largest weight of the discriminator, where the objective bounds it (Arjovsky et al., 2017).
    public var weightClip: Float? { self == .wassersteinClipping ? 0.01 : nil }
}

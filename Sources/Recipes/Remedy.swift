internal import Adversarial
internal import Datasets

/// What strengthens a recipe whose generator has collapsed: one thing after another, each beside those before it.
public enum Remedy: CaseIterable, Sendable {
    /// The critic judges several examples together, so that it sees when they are alike (PacGAN).
    case packing
    /// Relativistic scores, with penalties on slopes at reals and fakes (R3GAN).
    case relativistic
    /// Penalties four times as heavy.
    case heavierPenalties

    /// What is done, in the settings' own words.
    public func description(_ settings: Settings) -> String {
        switch self {
        case .packing: "packing=\(settings.packing)"
        case .relativistic, .heavierPenalties:
            "objective=\(settings.objective.rawValue) r1=\(settings.realPenalty) r2=\(settings.fakePenalty)"
        }
    }

    /// Settings with this remedy; nil where it does not fit, or is there already.
    public func applied(to settings: Settings, of recipe: Recipe) -> Settings? {
        var stronger = settings
        switch self {
        case .packing:
            guard settings.packing == 1 else { return nil }
            stronger.packing = 2
        case .relativistic:
            guard
                settings.objective != .relativistic || settings.realPenalty == 0
                    || settings.fakePenalty == 0
            else {
                return nil
            }
            stronger.objective = .relativistic
            // Slopes are taken per unit of the data, of which points lie nearer to each other than images do.
            let penalty = max(settings.realPenalty, recipe.kind == .numbers ? 0.1 : 1)
            (stronger.realPenalty, stronger.fakePenalty) = (penalty, penalty)
        case .heavierPenalties:
            stronger.realPenalty = settings.realPenalty * 4
            stronger.fakePenalty = settings.fakePenalty * 4
        }
        return (try? stronger.validate(for: recipe)) == nil ? nil : stronger
    }
}

public import Adversarial
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
        let critic = settings[CriticSettings.self]
        return switch self {
        case .packing: "packing=\(critic.augmentation.packing)"
        case .relativistic, .heavierPenalties:
            "objective=\(critic.objective.rawValue) r1=\(critic.r1) r2=\(critic.r2)"
        }
    }

    /// Settings with this remedy; nil where it does not fit, or is there already.
    public func applied(to settings: Settings, of recipe: Recipe) -> Settings? {
        guard var critic = settings[ifPresent: CriticSettings.self] else { return nil }
        switch self {
        case .packing:
            guard critic.augmentation.packing == 1 else { return nil }
            critic.augmentation.packing = 2
        case .relativistic:
            guard critic.objective != .relativistic || critic.r1 == 0 || critic.r2 == 0 else {
                return nil
            }
            critic.objective = .relativistic
            // Slopes are taken per unit of the data, and points lie nearer to each other than images do.
            let penalty = max(critic.r1, recipe.kind == .numbers ? 0.1 : 1)
            (critic.r1, critic.r2) = (penalty, penalty)
        case .heavierPenalties:
            critic.r1 *= 4
            critic.r2 *= 4
        }
        var stronger = settings
        stronger[CriticSettings.self] = critic
        return (try? stronger.validate(for: recipe)) == nil ? nil : stronger
    }
}

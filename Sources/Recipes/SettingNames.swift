public import Adversarial

// Settings by the names that a person gives.
extension Settings {
    /// Changes one setting of a recipe, given as text.
    ///
    /// An error names one of `recipes` that has such a setting, where this recipe has none.
    ///
    /// - Throws: ``/Recipes/RecipeError`` for a name that the recipe has not, ``SettingError`` for a value outside its range.
    public mutating func set(
        _ name: String, to text: String, for recipe: Recipe, among recipes: [Recipe] = .builtIn
    ) throws {
        guard let field = fields.first(where: { $0.name == name }) else {
            throw recipe.unknownSetting(name, among: fields.map(\.name), others: recipes)
        }
        try set(field, to: text)
    }

    /// Changes the settings that a file names.
    ///
    /// - Throws: ``/Recipes/RecipeError`` that begins with the file's name.
    public mutating func set(
        _ entries: [String: String], from source: String, for recipe: Recipe,
        among recipes: [Recipe] = .builtIn
    ) throws {
        do {
            for (name, value) in entries {
                try set(name, to: value, for: recipe, among: recipes)
            }
        } catch {
            throw RecipeError("\(source): \(error)")
        }
    }
}

extension Recipe {
    /// Why there is no such setting, and what may be meant.
    ///
    /// - Parameters:
    ///   - names: What can be set.
    ///   - recipes: Others that may have it.
    fileprivate func unknownSetting(
        _ name: String, among names: [String], others recipes: [Recipe]
    ) -> RecipeError {
        if let now = Self.renamedSettings[name] {
            return RecipeError("no setting is called '\(name)'; it is '\(now)' now")
        }
        let others = recipes.filter { $0.defaults.fields.contains { $0.name == name } }
        if let first = others.first {
            let owners =
                switch others.count {
                case 1: "\(first.name) has"
                case 2...3: "\(others.map(\.name).joined(separator: ", ")) have"
                default: "\(first.name) and \(others.count - 1) others have"
                }
            return RecipeError(
                "\(self.name) has no setting '\(name)', which \(owners); 'swiftgan recipes \(self.name)' lists its own"
            )
        }
        let meant = Self.otherSettingNames.mapValues { $0.filter(names.contains) }
        return RecipeError(
            "no setting is called '\(name)'\(suggestion(for: name, among: names, otherNames: meant.filter { !$0.value.isEmpty }))"
        )
    }

    /// What settings were called before, and are now.
    private static let renamedSettings = [
        "first-decay": "beta1", "second-decay": "beta2",
        "discriminator-rate": "discriminator-learning-rate",
        "generator-rate": "generator-learning-rate", "rate-end": "learning-rate-end",
        "average-decay": "ema-decay", "latents": "latent-size", "side": "resolution",
        "batch": "batch-size", "top-share": "top-k",
    ]

    /// What other programs and papers call settings.
    private static let otherSettingNames: [String: [String]] = {
        let rates = ["discriminator-learning-rate", "generator-learning-rate"]
        return [
            "lr": rates, "learning-rate": rates, "rate": rates, "step-size": rates,
            "lr-d": ["discriminator-learning-rate"], "d-lr": ["discriminator-learning-rate"],
            "lr-g": ["generator-learning-rate"], "g-lr": ["generator-learning-rate"],
            "ema": ["ema-decay"],
            "epochs": ["iterations"], "steps": ["iterations"], "max-steps": ["iterations"],
            "bs": ["batch-size"], "micro-batch": ["microbatch"],
            "size": ["resolution"], "image-size": ["resolution"], "img-size": ["resolution"],
            "nz": ["latent-size"], "z-dim": ["latent-size"], "latent-dim": ["latent-size"],
            "ngf": ["width"], "ndf": ["width"], "channels": ["width"],
            "n-critic": ["critic-steps"], "gamma": ["r1", "r2"], "gp": ["r1", "r2"],
            "loss": ["objective"], "model": ["architecture"], "dtype": ["precision"],
        ]
    }()
}

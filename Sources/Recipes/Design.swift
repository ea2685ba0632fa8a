internal import Adversarial
internal import Datasets
internal import NeuralNetworks
internal import Tensors

// What settings mean for the networks and for the game between them.
extension Settings {
    func design(of recipe: Recipe) -> NetworkDesign {
        var design = NetworkDesign(
            example: recipe.example(self), latents: latents, width: width)
        design.drawsChoices = recipe.kind == .choices
        design.classes = recipe.classes(self)
        design.conditioning = conditioning
        design.packing = packing
        // What an architecture is by name.
        let ownScaling: WeightScaling =
            switch architecture {
            case .sngan, .sagan: .spectral
            case .progan: .equalized
            default: .none
            }
        design.criticScaling = criticScaling == .none ? ownScaling : criticScaling
        // Slopes are those of single examples, and a bounded critic needs no second normalization.
        design.isCriticNormalized =
            criticSettings(of: recipe).penalties.isEmpty && criticScaling == .none
        design.hasMinibatchDeviation = minibatchDeviation
        design.isAugmentationAdaptive = augmentation == .adaptive
        return design
    }

    func criticSettings(of recipe: Recipe) -> CriticSettings {
        var penalties: [GradientPenalty] = []
        if realPenalty > 0 { penalties.append(.zeroSlope(at: .reals, weight: realPenalty)) }
        if fakePenalty > 0 { penalties.append(.zeroSlope(at: .fakes, weight: fakePenalty)) }
        var critic = CriticSettings(objective, penalties: penalties)
        critic.augmentation.kind = augmentation
        critic.augmentation.noise = noise
        critic.augmentation.packing = packing
        critic.annealing = Annealing(iterations: annealing)
        critic.penaltyEnd = penaltyEnd
        critic.consistency = consistency
        critic.topShare = topShare
        critic.classes = conditioning == .classifier ? recipe.classes(self) : 0
        return critic
    }

    func latentDesign(of recipe: Recipe) -> LatentGame.Design {
        var design = LatentGame.Design(field: recipe.field(self).name, latents: latents)
        design.isConditional = conditioning != .none
        design.criticSteps = criticSteps
        if growth > 0 { design.growth = Growth(to: recipe.example(self), over: growth) }
        design.orthogonality = orthogonality
        return design
    }

    /// Checks what depends on the recipe, too.
    public func validate(for recipe: Recipe) throws {
        try validate()
        let sides = recipe.sides
        guard sides.isEmpty || sides.contains(side) else {
            throw RecipeError(
                "side: expected \(sides.map { String($0) }.joined(separator: " or ")) for \(recipe.name), found \(side)"
            )
        }
        if let known = recipe.knownClasses, classes != 0 {
            throw RecipeError(
                "classes: expected 0, since \(recipe.name) has \(known == 0 ? "none" : "\(known) of its own"), found \(classes)"
            )
        }
        guard architecture != .sagan || width >= 8 else {
            throw RecipeError("width: expected at least 8 for sagan, found \(width)")
        }
        guard augmentation != .adaptive || objective.decidesBySign else {
            throw RecipeError(
                "augmentation: expected an objective that decides by its scores' sign (minimax, non-saturating, hinge, dragan) for adaptive, found \(objective.rawValue)"
            )
        }
        let example = recipe.example(self)
        guard architecture.draws(example) else {
            throw RecipeError(
                "architecture: expected one that draws \(example), found \(architecture.rawValue); perceptron draws anything"
            )
        }
        guard conditioning == .none || recipe.classes(self) > 1 else {
            throw RecipeError(
                "conditioning: expected none, since \(recipe.name) has no classes, found \(conditioning.rawValue)\(recipe.knownClasses == nil ? "; --set classes=N says how many folders are classes" : "")"
            )
        }
        guard recipe.kind == .image || (augmentation == .none && consistency == 0 && growth == 0)
        else {
            throw RecipeError(
                "augmentation, consistency, growth: expected a recipe of images, found \(recipe.name)"
            )
        }
    }
}

/// The game of most recipes: latent vectors to examples.
@Sendable func latentGame(
    _ recipe: Recipe, _ settings: Settings, _ parameters: inout GameParameters
) -> any Game {
    let (architecture, design) = (settings.architecture, settings.design(of: recipe))
    return LatentGame(
        &parameters, settings.latentDesign(of: recipe), settings.criticSettings(of: recipe),
        critic: { architecture.critic(design, &$0) },
        generator: { architecture.generator(design, &$0) })
}

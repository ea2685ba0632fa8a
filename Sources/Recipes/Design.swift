internal import Adversarial
internal import NeuralNetworks
internal import Tensors

// What settings mean for the networks and for the game between them.
extension Settings {
    func design(of recipe: Recipe) -> NetworkDesign {
        var design = NetworkDesign(
            example: recipe.example(self), latents: latents, width: width)
        if case .choices = recipe.form { design.drawsChoices = true }
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
        design.isCriticNormalized = method(of: recipe).penalties.isEmpty && criticScaling == .none
        design.hasMinibatchDeviation = minibatchDeviation
        design.isAugmentationAdaptive = augmentation == .adaptive
        return design
    }

    func method(of recipe: Recipe) -> Method {
        var penalties: [SlopePenalty] = []
        if realPenalty > 0 { penalties.append(.zeroSlope(at: .reals, weight: realPenalty)) }
        if fakePenalty > 0 { penalties.append(.zeroSlope(at: .fakes, weight: fakePenalty)) }
        var method = Method(objective, penalties: penalties)
        method.presentation.augmentation = augmentation
        method.presentation.noise = noise
        method.presentation.packing = packing
        if growth > 0 { method.growth = Growth(to: recipe.example(self), over: growth) }
        method.annealing = Annealing(iterations: annealing)
        method.penaltyEnd = penaltyEnd
        method.consistency = consistency
        method.orthogonality = orthogonality
        method.topShare = topShare
        method.classes = conditioning == .classifier ? recipe.classes(self) : 0
        return method
    }

    /// Checks what depends on the recipe, too.
    public func validate(for recipe: Recipe) throws {
        try validate()
        if case .images(_, let sides) = recipe.form, !sides.contains(side) {
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
        let isImage = if case .images = recipe.form { true } else { false }
        guard isImage || (augmentation == .none && consistency == 0 && growth == 0) else {
            throw RecipeError(
                "augmentation, consistency, growth: expected a recipe of images, found \(recipe.name)"
            )
        }
    }
}

public import Adversarial
internal import Datasets
public import Evaluation
public import NeuralNetworks
public import Tensors

// What a run's networks make and say in evaluation.
extension Run {
    /// The number of the network that samples are drawn with.
    public static let sampledNetwork = Side.generator.rawValue

    /// Whether samples are made of real examples, as enlarged pictures are, and not of latent vectors alone.
    public var samplesNeedExamples: Bool { step.game.makesFakesOfReals }

    /// Samples, `[numbers, …]`: row i depends on `numbers` and the draw alone.
    ///
    /// What is given is what the game reads of real examples, such as classes, a row for each number. The weights are
    /// the generator's after `iteration` iterations, which is how far a growing one has grown.
    public func samples(
        _ numbers: Range<Int>, _ draw: Draw, given: Examples = [:], weights: NetworkWeights,
        after iteration: Int
    ) throws -> NDArray {
        samples(
            among: try fakes(numbers, draw, given: given, weights: weights, after: iteration))
    }

    /// The samples among what the game made, `[count, …]`.
    public func samples(among fakes: Examples) -> NDArray {
        fakes[recipe.field(settings).name].value
    }

    /// What a sheet shows to the left of the samples among what the game made, `[count, …]` each.
    ///
    /// - Throws: ``RecipeError`` where the game made no such field.
    public func shownBesideSamples(among fakes: Examples) throws -> [NDArray] {
        let made = fakes.arrays
        return try recipe.depiction.beside.map { name in
            guard let found = made[name] else {
                throw RecipeError(
                    "\(recipe.name): expected a game that makes '\(name)', which its depiction shows beside samples, found \(made.keys.sorted().joined(separator: ", "))"
                )
            }
            return found
        }
    }

    /// All that the game makes, field by field, of what ``samples(_:_:given:weights:after:)`` takes.
    public func fakes(
        _ numbers: Range<Int>, _ draw: Draw, given: Examples, weights: NetworkWeights,
        after iteration: Int
    ) throws -> Examples {
        try withPrecision(settings.precision) {
            try step.samples(numbers, draw, given: given, weights: weights, after: iteration)
        }
    }

    /// What is done to samples before anybody sees them: a function of the weights and the files beside the run.
    ///
    /// - Throws: ``/Evaluation/EvaluationError`` where a file that it needs is missing.
    public func refinement(
        of weights: NetworkWeights, after iteration: Int, _ files: RunFiles
    ) throws -> Recipe.Refinement {
        guard let refine = recipe.refine else { return { $0 } }
        return try refine(recipe.field(settings), files) { numbers in
            try fakes(
                numbers, Draw(seed: UInt64.max), given: [:], weights: weights, after: iteration)
        }
    }

    /// What the critic says of examples, `[count, …]`: one score a pack; nil where no critic judges single examples.
    ///
    /// Examples come with their classes where the critic judges by class. The weights are the discriminator's after
    /// `iteration` iterations.
    public func scores(
        of examples: Examples, count: Int, weights: NetworkWeights, after iteration: Int
    ) throws -> [Float]? {
        try withPrecision(settings.precision) {
            try step.scores(of: examples, count: count, weights: weights, after: iteration)
        }
    }
}

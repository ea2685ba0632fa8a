public import Adversarial
internal import Datasets
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
    /// - Parameters:
    ///   - given: What the game reads of real examples, such as classes, a row for each number.
    ///   - weights: Those of the generator.
    ///   - iteration: How many iterations they have been trained for, which is how far a growing one has grown.
    public func samples(
        _ numbers: Range<Int>, _ draw: Draw, given: Examples = [:], weights: NetworkWeights,
        after iteration: Int
    ) throws -> NDArray {
        try fakes(numbers, draw, given: given, weights: weights, after: iteration)[
            recipe.field(settings).name
        ].value
    }

    /// All that the game makes, field by field.
    ///
    /// - Parameter given: What it reads of real examples, a row for each number.
    public func fakes(
        _ numbers: Range<Int>, _ draw: Draw, given: Examples, weights: NetworkWeights,
        after iteration: Int
    ) throws -> Examples {
        try withPrecision(settings.precision) {
            try step.samples(numbers, draw, given: given, weights: weights, after: iteration)
        }
    }

    /// What the critic says of examples, `[count, …]`: one score a pack; nil where no critic judges single examples.
    ///
    /// - Parameters:
    ///   - examples: With their classes, where the critic judges by class.
    ///   - weights: Those of the discriminator.
    public func scores(
        of examples: Examples, count: Int, weights: NetworkWeights, after iteration: Int
    ) throws -> [Float]? {
        try withPrecision(settings.precision) {
            try step.scores(of: examples, count: count, weights: weights, after: iteration)
        }
    }
}

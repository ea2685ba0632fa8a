internal import Adversarial
internal import Datasets
public import NeuralNetworks
public import Tensors

// What a run's networks make and say in evaluation.
extension Run {
    /// The number of the network that samples are drawn with.
    public static let sampledNetwork = Side.generator.rawValue

    /// Samples, `[numbers, …]`: row i depends on `numbers` and the seed alone.
    ///
    /// - Parameters:
    ///   - labels: The class of each, where the generator draws by class.
    ///   - weights: Those of the generator.
    ///   - iteration: How many iterations they have been trained for, which is how far a growing one has grown.
    public func samples(
        _ numbers: Range<Int>, seed: UInt64, labels: [Int]? = nil, weights: NetworkWeights,
        after iteration: Int
    ) throws -> NDArray {
        let given = labels.map { Examples(labels: $0) } ?? [:]
        return try withPrecision(settings.precision) {
            try step.samples(
                numbers, seed: seed, given: given, weights: weights, after: iteration)[
                    recipe.field(settings).name
                ].value
        }
    }

    /// What the critic says of examples, `[count, …]`: one score a pack; nil where no critic judges single examples.
    ///
    /// - Parameters:
    ///   - labels: The class of each, where the critic judges by class.
    ///   - weights: Those of the discriminator.
    public func scores(
        of examples: NDArray, labels: [Int]? = nil, weights: NetworkWeights, after iteration: Int
    ) throws -> [Float]? {
        var judged: Examples = [recipe.field(settings).name: Tensor(examples)]
        if let labels { judged = judged.with(labels: labels) }
        return try withPrecision(settings.precision) {
            try step.scores(
                of: judged, count: examples.shape[0], weights: weights, after: iteration)
        }
    }
}

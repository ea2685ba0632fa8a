package import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Recipes
package import Tensors

/// What samples of a run are drawn with: the averaged network of a snapshot, and the examples that were kept with the run.
package struct SampleSource {
    /// Floats that are kept from batch to batch of a layer's weights as kernels want them, at most: 4 MB.
    ///
    /// For pictures of 256 pixels, all copies would be three times as large as the weights. Without them such a picture takes
    /// two fifths more time; smaller ones, of up to 64 pixels, take no more.
    private static let largestPackedCopy = 1 << 20

    private let run: Run
    private let iteration: Int
    private let weights: NetworkWeights
    private let kept: Examples?
    private let refine: Recipe.Refinement

    /// - Parameter folder: The run's.
    /// - Throws: ``FolderError`` where the kept examples are missing or damaged, or there are no weights.
    init(_ snapshot: Snapshot, of run: Run, in folder: String) throws {
        guard
            let weights = snapshot.sampledWeights(
                of: run, largestPackedCopy: Self.largestPackedCopy)
        else { throw FolderError("\(folder): expected averaged weights, found none") }
        self.run = run
        self.weights = weights
        iteration = snapshot.iteration(of: run)
        kept = try DataExtract.examples(in: folder, of: run)
        refine = try run.refinement(of: weights, after: iteration, RunFiles(folder: folder))
    }

    /// Samples, `[numbers, …]`: that of a number and a draw is always the same.
    ///
    /// - Parameter label: The class to draw, where the run draws by class; nil: each in turn.
    package func samples(_ numbers: Range<Int>, _ draw: Draw, label: Int? = nil) throws -> NDArray {
        run.samples(among: try fakes(numbers, draw, label: label))
    }

    /// All that the game makes with the samples of some numbers, field by field.
    func fakes(_ numbers: Range<Int>, _ draw: Draw, label: Int?) throws -> Examples {
        let given =
            run.isConditional
            ? Examples(labels: numbers.map { label ?? run.label(ofSample: $0) })
            : kept?.inTurn(numbers) ?? [:]
        return refine(
            try run.fakes(numbers, draw, given: given, weights: weights, after: iteration))
    }
}

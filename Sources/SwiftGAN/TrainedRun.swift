internal import Adversarial
internal import Cluster
public import Hashing
public import Recipes
public import Tensors

/// A run that was trained, wherever that was, opened at one of its checkpoints.
public struct TrainedRun: Sendable {
    /// Its folder.
    public let folder: String
    /// The SHA-256 of the weights and their moving average: equal for equal recipes, settings and seeds, however they were trained.
    public let weights: Digest
    private let opened: OpenedRun

    /// The recipe with its settings.
    public var run: Run { opened.run }
    /// How many iterations the weights were trained for.
    public var iteration: Int { opened.iteration }

    /// Opens a run's folder, at the checkpoint of an iteration; nil means the newest.
    ///
    /// The run must be of one of the recipes.
    ///
    /// - Throws: An error whose description says what the folder lacks: a run, a checkpoint, or one that is whole.
    public init(folder: String, among recipes: [Recipe] = .builtIn, iteration: Int? = nil) throws {
        self.folder = folder
        opened = try OpenedRun(folder: folder, among: recipes, iteration: iteration)
        weights = opened.weightsDigest
    }

    /// Draws samples with the generator's moving average.
    ///
    /// - Parameters:
    ///   - count: How many, at least 1; all are in memory at once.
    ///   - seed: Which: sample i of a seed is always the same, however many are drawn.
    ///   - label: The class to draw, from 0, of a run that draws by class; nil: each in turn.
    /// - Returns: `[count, …]`, of the shape and range of the recipe's field: pixels are in -1...1. Its `scalars` are the numbers in
    ///   row order.
    /// - Throws: ``/Recipes/RecipeError`` for a class that there is not.
    public func samples(_ count: Int, seed: UInt64 = 0, label: Int? = nil) throws -> NDArray {
        precondition(count > 0, "expected at least 1 sample, found \(count)")
        if let label, !run.isConditional || !(0..<run.classes).contains(label) {
            throw RecipeError(
                "expected \(run.isConditional ? "a class from 0 to \(run.classes - 1)" : "no class, since \(run.recipe.name) draws none"), found \(label)"
            )
        }
        return try opened.sampleSource(in: folder).samples(
            0..<count, Draw(seed: seed), label: label)
    }
}

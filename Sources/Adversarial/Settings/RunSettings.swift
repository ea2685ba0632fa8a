public import Tensors

/// What every run has, whatever it trains.
public struct RunSettings: SettingGroup {
    public var seed = 1
    public var iterations = 1_875
    public var batchSize = 64
    public var microbatch = 16
    public var checkpointEvery = 250
    public var keep = 3
    public var chunk = 4096
    public var precision = Precision.float32
    public var instructions = InstructionSet.native

    public init() {}

    /// The largest number of iterations that a run can have.
    public static let iterationRange = 1...1_000_000_000

    public static let fields: [SettingField<Self>] = [
        .whole("seed", \.seed, 0...Int.max, "the run's only source of randomness"),
        .whole(
            "iterations", \.iterations, iterationRange, "how many iterations to train",
            isIdentity: false),
        .whole("batch-size", \.batchSize, 1...1 << 20, "examples in each iteration"),
        .whole(
            "microbatch", \.microbatch, 1...1 << 20,
            "examples that a lane computes at once; divides batch-size"),
        .whole(
            "checkpoint-every", \.checkpointEvery, 1...1_000_000_000,
            "iterations between checkpoints", isIdentity: false),
        .whole(
            "keep", \.keep, 1...1_000_000_000,
            "how many of the newest checkpoints stay on disk; the best and the last healthy one stay, too",
            isIdentity: false),
        .whole(
            "chunk", \.chunk, 1...16_384,
            "the largest part of a network that travels as one message, in KiB"),
        .choice(
            "precision", \.precision,
            "precision of what matrix products and most convolutions multiply"),
        .choice("isa", \.instructions, "vector instructions that all hosts keep to"),
    ]

    /// The number of microbatches in a batch, each computed by one lane.
    public var leaves: Int { batchSize / microbatch }

    public func validate(among settings: Settings) throws {
        guard batchSize % microbatch == 0 else {
            throw SettingError(
                "microbatch", expected: "a divisor of batch-size (\(batchSize))", found: microbatch)
        }
        guard leaves <= 4096 else {
            throw SettingError(
                "microbatch", expected: "at most 4096 microbatches in a batch", found: leaves)
        }
    }
}

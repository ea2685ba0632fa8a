public import Adversarial
public import NeuralNetworks
public import Tensors

/// The numbers of a run.
///
/// Each has one name: on the command line, in `--set`, in configuration files and in `run.yaml`.
public struct Settings: Hashable, Sendable {
    public var seed = 1
    public var iterations = 1_875
    public var batch = 64
    public var microbatch = 16
    public var checkpointEvery = 250
    public var keep = 3
    public var objective = Objective.nonSaturating
    public var architecture = Architecture.dcgan
    public var side = 28
    public var classes = 0
    public var latents = 100
    public var width = 64
    public var growth = 0
    public var conditioning = NetworkDesign.Conditioning.none
    public var criticSteps = 1
    public var discriminatorRate: Float = 2e-4
    public var generatorRate: Float = 2e-4
    public var firstDecay: Float = 0.5
    public var secondDecay: Float = 0.999
    public var averageDecay: Float = 0.999
    public var realPenalty: Float = 0
    public var fakePenalty: Float = 0
    public var consistency: Float = 0
    public var orthogonality: Float = 0
    public var criticScaling = WeightScaling.none
    public var minibatchDeviation = false
    public var packing = 1
    public var augmentation = Augmentation.Kind.none
    public var noise: Float = 0
    public var topShare: Float = 1
    public var annealing = 0
    public var rateEnd: Float = 1
    public var penaltyEnd: Float = 1
    public var chunk = 4096
    public var precision = Precision.float32
    public var instructions = InstructionSet.native

    public init() {}

    /// The number of microbatches in a batch, each computed by one lane.
    public var leaves: Int { batch / microbatch }

    /// Checks what no single setting can.
    public func validate() throws {
        guard batch % microbatch == 0 else {
            throw RecipeError(
                "microbatch: expected a divisor of batch (\(batch)), found \(microbatch)")
        }
        guard leaves <= 4096 else {
            throw RecipeError(
                "microbatch: expected at most 4096 microbatches in a batch, found \(leaves)")
        }
        guard microbatch % packing == 0 else {
            throw RecipeError(
                "packing: expected a divisor of microbatch (\(microbatch)), found \(packing)")
        }
        guard packing == 1 || conditioning == .none else {
            throw RecipeError(
                "packing: expected 1 with conditioning (\(conditioning.rawValue)), found \(packing); a pack has no single class"
            )
        }
        guard growth == 0 || architecture == .progan else {
            throw RecipeError(
                "growth: expected 0, since \(architecture.rawValue) does not grow, found \(growth); progan does"
            )
        }
        let anneals = rateEnd < 1 || penaltyEnd < 1 || topShare < 1 || noise > 0
        guard !anneals || annealing > 0 else {
            throw RecipeError(
                "annealing: expected the iterations over which rate-end, penalty-end, top-share and noise are reached, found 0"
            )
        }
    }
}

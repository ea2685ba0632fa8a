public import NeuralNetworks
public import Tensors

/// What any architecture is asked for.
public struct NetworkDesign: Sendable {
    public enum Conditioning: String, CaseIterable, Sendable {
        /// The generator draws what it likes.
        case none
        /// Both networks read a vector of the class beside their input (Mirza & Osindero, 2014).
        case concatenation
        /// The critic's features meet a vector of the class (Miyato & Koyama, 2018); the generator normalizes by class.
        case projection
        /// The critic names classes beside its score (Odena et al., 2017).
        case classifier
    }

    /// The shape of an example: `[features]`, or `[channels, height, width]`.
    public var example: Shape
    /// Whether examples are choices along their last dimension, as ``Choice`` makes them.
    public var drawsChoices = false
    /// The length of a latent vector.
    public var latents: Int
    /// Channels or units, as each architecture counts them.
    public var width: Int
    public var classes = 0
    public var conditioning = Conditioning.none
    /// Examples that the critic judges together.
    public var packing = 1
    public var criticScaling = WeightScaling.none
    /// Whether critics that can have batch normalization have it; slope penalties of single examples ask for none.
    public var isCriticNormalized = true
    /// Whether the critic sees how much examples of a minibatch differ.
    public var hasMinibatchDeviation = false
    /// Whether the critic counts how often its images should be augmented.
    public var isAugmentationAdaptive = false

    public init(example: Shape, latents: Int, width: Int) {
        self.example = example
        self.latents = latents
        self.width = width
    }
}

extension NetworkDesign {
    private static let embedding = 32

    /// What a generator of anything but points ends with.
    var ending: any Layer { drawsChoices ? Choice() : Tanh() }

    var isConditional: Bool { conditioning != .none }

    /// What the critic is shown: examples of a pack as channels.
    var shown: Shape { Shape([example[0] * packing] + example.dropFirst()) }

    /// How often an image is halved until a side is 4, or odd such as 7.
    var halvings: Int {
        var (height, width, count) = (example[1], example[2], 0)
        while height % 2 == 0 && width % 2 == 0 && height > 4 && width > 4 {
            (height, width, count) = (height / 2, width / 2, count + 1)
        }
        return count
    }

    /// An image's height and width where it has been halved as often as it can be.
    var smallest: (height: Int, width: Int) { (example[1] >> halvings, example[2] >> halvings) }

    /// What a generator begins with, and how many features that gives.
    func latentLayers(_ tree: inout ParameterTree) -> (layers: [any Layer], features: Int) {
        guard isConditional else { return ([], latents) }
        let beside = ClassConcatenation(
            &tree, "class", classes: classes, example: [Self.embedding])
        return ([beside], latents + Self.embedding)
    }

    /// What a critic begins with, and how many channels that gives.
    func criticLayers(_ tree: inout ParameterTree) -> (layers: [any Layer], channels: Int) {
        guard conditioning == .concatenation else { return ([], shown[0]) }
        let beside: Shape = shown.rank == 1 ? [Self.embedding] : Shape([1] + shown.dropFirst())
        return (
            [ClassConcatenation(&tree, "class", classes: classes, example: beside)],
            shown[0] + beside[0]
        )
    }

    /// What a critic ends with, from features of a shape to scores.
    func scoreLayers(
        _ tree: inout ParameterTree, from features: Shape, hasBias: Bool = true,
        initially: Initializer? = nil
    ) -> [any Layer] {
        if isAugmentationAdaptive { AdaptiveAugmentation.declare(in: &tree) }
        var layers: [any Layer] = []
        var shape = features
        if hasMinibatchDeviation {
            layers.append(MinibatchDeviation())
            shape[0] += 1
        }
        let head: ScoreHead.Conditioning =
            switch conditioning {
            case .none, .concatenation: .none
            case .projection: .projection(classes: classes)
            case .classifier: .classifier(classes: classes)
            }
        return layers + [
            Flatten(),
            ScoreHead(
                &tree, from: shape.elementCount, conditioning: head, hasBias: hasBias,
                scaling: criticScaling, initially: initially),
        ]
    }

    /// A generator's batch normalization, by class where the critic projects.
    func normalization(
        _ tree: inout ParameterTree, _ name: String, channels: Int,
        initialScale: Initializer = .constant(1)
    ) -> any Layer {
        conditioning == .projection
            ? ConditionalBatchNormalization(&tree, name, channels: channels, classes: classes)
            : BatchNormalization(&tree, name, channels: channels, initialScale: initialScale)
    }
}

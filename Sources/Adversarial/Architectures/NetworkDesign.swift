public import Datasets
internal import NeuralNetworks
internal import Tensors

/// The requirements on a pair of networks, whichever architecture builds it.
public struct NetworkDesign: Sendable {
    public enum Conditioning: String, CaseIterable, Sendable {
        /// The generator is not told a class.
        case none
        /// Both networks read a vector of the class beside their input (Mirza & Osindero, 2014).
        case concatenation
        /// The critic's features meet a vector of the class (Miyato & Koyama, 2018); the generator normalizes by class.
        case projection
        /// The critic predicts classes beside its score (Odena et al., 2017).
        case classifier
    }

    /// The shape of an example: `[features]`, or `[channels, height, width]`.
    let example: Shape
    /// Whether examples are choices along their last dimension, as ``Choice`` makes them.
    private let drawsChoices: Bool
    private let classes: Int
    private let settings: NetworkSettings
    private let critic: CriticSettings

    /// The requirements of `settings` on a pair that draws a field; `classes` is 0 if none are known.
    public init(
        of field: Field, classes: Int, _ settings: NetworkSettings, judgedBy critic: CriticSettings
    ) {
        example = field.shape
        drawsChoices = field.kind == .choices
        self.classes = classes
        self.settings = settings
        self.critic = critic
    }
}

// These translate settings into parts of networks.
extension NetworkDesign {
    /// The length of a latent vector.
    private var latentSize: Int { settings.latentSize }

    /// The number of channels or units, as each architecture counts them.
    var width: Int { settings.width }

    var criticScaling: WeightScaling {
        if settings.criticScaling != .none { return settings.criticScaling }
        // These properties are part of what an architecture's name means.
        return switch settings.architecture {
        case .sngan, .sagan: .spectral
        case .progan: .equalized
        default: .none
        }
    }

    /// Whether critics that can have batch normalization have it.
    ///
    /// Slopes belong to single examples, and a bounded critic needs no second normalization.
    var isCriticNormalized: Bool { critic.penalties.isEmpty && settings.criticScaling == .none }
}

extension NetworkDesign {
    private static let embedding = 32

    /// The last layer of a generator of anything but points.
    var ending: any Layer { drawsChoices ? Choice() : Tanh() }

    private var isConditional: Bool { settings.conditioning != .none }

    /// The shape that the critic is shown, with the examples of a pack as channels.
    var shown: Shape {
        Shape([example[0] * critic.augmentation.packing] + example.dropFirst())
    }

    var halvings: Int { example.halvings }

    /// An image's height and width after it has been halved as often as possible.
    var smallest: (height: Int, width: Int) { (example[1] >> halvings, example[2] >> halvings) }

    /// The first layers of a generator, and how many features they give.
    func latentLayers(_ tree: inout ParameterTree) -> (layers: [any Layer], features: Int) {
        guard isConditional else { return ([], latentSize) }
        let beside = ClassConcatenation(
            &tree, "class", classes: classes, example: [Self.embedding])
        return ([beside], latentSize + Self.embedding)
    }

    /// The first layers of a critic, and how many channels they give.
    func criticLayers(_ tree: inout ParameterTree) -> (layers: [any Layer], channels: Int) {
        guard settings.conditioning == .concatenation else { return ([], shown[0]) }
        let beside: Shape = shown.rank == 1 ? [Self.embedding] : Shape([1] + shown.dropFirst())
        return (
            [ClassConcatenation(&tree, "class", classes: classes, example: beside)],
            shown[0] + beside[0]
        )
    }

    /// The last layers of a critic, from features of a shape to scores.
    func scoreLayers(
        _ tree: inout ParameterTree, from features: Shape, hasBias: Bool = true,
        initially: Initializer? = nil
    ) -> [any Layer] {
        if critic.augmentation.kind == .adaptive { AdaptiveAugmentation.declare(in: &tree) }
        var layers: [any Layer] = []
        var shape = features
        if settings.minibatchDeviation {
            layers.append(MinibatchDeviation())
            shape[0] += 1
        }
        let head: ScoreHead.Conditioning =
            switch settings.conditioning {
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

    /// A generator's batch normalization, which depends on the class if the critic projects.
    func normalization(
        _ tree: inout ParameterTree, _ name: String, channels: Int,
        initialScale: Initializer = .constant(1)
    ) -> any Layer {
        settings.conditioning == .projection
            ? ConditionalBatchNormalization(&tree, name, channels: channels, classes: classes)
            : BatchNormalization(&tree, name, channels: channels, initialScale: initialScale)
    }
}

extension Shape {
    /// How often an image is halved until a side is 4, or an odd number such as 7.
    var halvings: Int {
        var (height, width, count) = (self[1], self[2], 0)
        while height % 2 == 0 && width % 2 == 0 && height > 4 && width > 4 {
            (height, width, count) = (height / 2, width / 2, count + 1)
        }
        return count
    }
}

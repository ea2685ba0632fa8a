public import Tensors

/// Puts a learned vector of the example's class beside the example's own numbers (Mirza & Osindero, 2014).
///
/// `[batch, features]` becomes `[batch, features + size]`; images get one more channel, which is learned pixel by
/// pixel.
public struct ClassConcatenation: Layer {
    private let embedding: Embedding
    private let example: Shape

    /// Declares a vector for each class; `example` is the shape of what is added, `[size]` or `[1, height, width]`.
    public init(_ tree: inout ParameterTree, _ name: String, classes: Int, example: Shape) {
        embedding = Embedding(&tree, name, count: classes, features: example.elementCount)
        self.example = example
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let labels = pass.labels(of: input.shape[0])
        let beside = embedding(labels, pass).reshaped(to: Shape([labels.count] + example))
        return .concatenated([input, beside], along: 1)
    }
}

/// Batch normalization whose scale and shift depend on the example's class (de Vries et al., 2017).
public struct ConditionalBatchNormalization: Layer {
    private let normalization: BatchNormalization
    private let scale: Parameter
    private let shift: Parameter

    public init(_ tree: inout ParameterTree, _ name: String, channels: Int, classes: Int) {
        normalization = BatchNormalization(&tree, name, channels: channels)
        scale = tree.weight(
            "\(name).class-scale", [classes, channels], initially: .constant(1))
        shift = tree.weight(
            "\(name).class-shift", [classes, channels], initially: .constant(0))
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let labels = pass.labels(of: input.shape[0])
        let ones = Array(repeating: 1, count: input.shape.rank - 2)
        func each(_ table: Parameter) -> Tensor {
            pass[table].gathered(labels).reshaped(to: Shape([labels.count, input.shape[1]] + ones))
        }
        return normalization(input, pass) * each(scale) + each(shift)
    }
}

/// A critic's score of features `[batch, features]`: a linear map, and a part that depends on the example's class.
public struct ScoreHead: Layer {
    public enum Conditioning: Sendable {
        case none
        /// The score also adds the features' product with a vector of the class (Miyato & Koyama, 2018).
        case projection(classes: Int)
        /// Scores of the classes stand beside the score, `[batch, 1 + classes]` (Odena et al., 2017).
        case classifier(classes: Int)
    }

    private let score: Linear
    private var embedding: Embedding?
    private var classes: Linear?

    public init(
        _ tree: inout ParameterTree, from features: Int, conditioning: Conditioning,
        hasBias: Bool = true, scaling: WeightScaling = .none, initially: Initializer? = nil
    ) {
        score = Linear(
            &tree, "score", from: features, to: 1, hasBias: hasBias, scaling: scaling,
            initially: initially)
        switch conditioning {
        case .none: break
        case .projection(let count):
            embedding = Embedding(
                &tree, "classes", count: count, features: features,
                deviation: 1 / Float(features).squareRoot())
        case .classifier(let count):
            classes = Linear(&tree, "classes", from: features, to: count, scaling: scaling)
        }
    }

    public func callAsFunction(_ features: Tensor, _ pass: ForwardPass) -> Tensor {
        let score = score(features, pass)
        if let embedding {
            let labels = pass.labels(of: features.shape[0])
            return score + (embedding(labels, pass) * features).sum(over: [1])
        }
        if let classes { return .concatenated([score, classes(features, pass)], along: 1) }
        return score
    }

    public var isPiecewiseLinear: Bool {
        embedding == nil && classes == nil && score.isPiecewiseLinear
    }
}

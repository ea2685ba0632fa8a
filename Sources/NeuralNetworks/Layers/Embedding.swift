public import Tensors

/// A learned vector for each of `count` classes.
public struct Embedding: Sendable {
    private let table: Parameter

    public init(
        _ tree: inout ParameterTree, _ name: String, count: Int, features: Int,
        deviation: Float = 1
    ) {
        table = tree.weight(
            "\(name).table", [count, features], initially: .normal(deviation: deviation))
    }

    /// The vectors of some classes, `[classes.count, features]`.
    public func callAsFunction(_ classes: [Int], _ pass: ForwardPass) -> Tensor {
        pass[table].gathered(classes)
    }
}

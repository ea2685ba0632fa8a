public import Tensors

/// A learned vector for each of `count` classes.
public struct Embedding: Sendable {
    private let table: Parameter

    public init(_ tree: inout ParameterTree, _ name: String, count: Int, features: Int) {
        table = tree.weight(
            "\(name).table", [count, features], initially: .normal(deviation: 1))
    }

    /// `[classes.count, features]`.
    public func callAsFunction(_ classes: [Int], _ pass: ForwardPass) -> Tensor {
        pass[table].gathered(classes)
    }
}

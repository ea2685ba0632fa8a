public import Tensors

/// What a network's flat buffer holds, in its order: weights, then statistics, then measures.
///
/// One buffer serves the optimizer, the gradient tree, the wire and the checkpoint, so they all see the same bytes.
public struct ParameterTree: Sendable {
    /// Who changes an entry, and how.
    public enum Role: Hashable, Sendable {
        /// Follows its gradient.
        case weight
        /// Follows what passes find in their batches, such as running means.
        case statistic
        /// Shows the last update's value, such as a loss.
        case measure
    }

    public struct Entry: Sendable {
        public let name: String
        public let shape: Shape
        public let role: Role
        let initially: Initializer
    }

    public private(set) var entries: [Entry] = []

    /// Declares a weight; layers do so when they are made.
    public mutating func weight(_ name: String, _ shape: Shape, initially: Initializer) -> Parameter
    {
        declare(Entry(name: name, shape: shape, role: .weight, initially: initially))
    }

    /// Declares a statistic that passes report with ``ForwardPass/observe(_:_:)``.
    public mutating func statistic(_ name: String, _ shape: Shape, initially: Float) -> Parameter {
        declare(Entry(name: name, shape: shape, role: .statistic, initially: .constant(initially)))
    }

    mutating func measure(_ name: String) {
        _ = declare(Entry(name: name, shape: [], role: .measure, initially: .constant(0)))
    }

    private mutating func declare(_ entry: Entry) -> Parameter {
        precondition(
            !entries.contains { $0.name == entry.name }, "two parameters are named \(entry.name)")
        entries.append(entry)
        return Parameter(index: entries.count - 1)
    }
}

/// A declared parameter: a layer's handle to its weights in whatever pass it computes.
public struct Parameter: Hashable, Sendable {
    let index: Int
}

/// How a weight starts.
public enum Initializer: Hashable, Sendable {
    case constant(Float)
    case normal(mean: Float = 0, deviation: Float)

    /// For units that pass half of what reaches them from this many inputs (He et al., 2015).
    public static func heNormal(_ inputs: Int) -> Initializer {
        .normal(deviation: (2 / Float(inputs)).squareRoot())
    }

    func values(_ count: Int, _ random: RandomSource, at place: RandomSource.Place) -> [Float] {
        switch self {
        case .constant(let value): Array(repeating: value, count: count)
        case .normal(let mean, let deviation):
            random.normal(count, at: place, mean: mean, deviation: deviation)
        }
    }
}

public import Tensors

/// The content of a network's flat buffer, in its order: weights, then statistics, then scalars.
///
/// One buffer serves the optimizer, the gradient tree, the wire and the checkpoint, so they all see the same bytes.
public struct ParameterTree: Sendable {
    /// The role of an entry, which decides how it changes.
    public enum Role: Hashable, Sendable {
        /// The entry follows its gradient.
        case weight
        /// The entry follows what passes find in their batches, such as running means.
        case statistic
        /// The entry shows the last update's value, such as a loss.
        case scalar
    }

    public struct Entry: Sendable {
        public let name: String
        public let shape: Shape
        public let role: Role
        let initially: Initializer
    }

    public private(set) var entries: [Entry] = []
    /// The beginning of the names of new entries.
    private var prefix = ""

    public init() {}

    /// Declares the entries of `body` under a name of their own, `NAME.LAYER.PARAMETER`, so that several modules share
    /// one buffer.
    ///
    /// The name is empty for a module that is alone in its buffer, whose entries need no prefix.
    public mutating func module<Result>(
        _ name: String, _ body: (inout ParameterTree) throws -> Result
    ) rethrows -> Result {
        let outer = prefix
        defer { prefix = outer }
        if !name.isEmpty { prefix += "\(name)." }
        return try body(&self)
    }

    /// Declares a weight; layers do so when they are created.
    public mutating func weight(_ name: String, _ shape: Shape, initially: Initializer) -> Parameter
    {
        declare(name, shape, .weight, initially)
    }

    /// Declares a statistic that passes report with ``ForwardPass/observe(_:_:)``.
    public mutating func statistic(_ name: String, _ shape: Shape, initially: Float) -> Parameter {
        declare(name, shape, .statistic, .constant(initially))
    }

    /// The entry that was declared under a name; nil if there is none.
    public func parameter(named name: String) -> Parameter? {
        entries.firstIndex { $0.name == prefix + name }.map(Parameter.init)
    }

    /// Declares a number that every update reports.
    ///
    /// Leaves give its value, and the tree averages it as it averages gradients.
    public mutating func scalar(_ name: String) -> Scalar {
        let number = entries.count { $0.role == .scalar }
        _ = declare(name, [], .scalar, .constant(0))
        return Scalar(number: number)
    }

    private mutating func declare(
        _ name: String, _ shape: Shape, _ role: Role, _ initially: Initializer
    ) -> Parameter {
        let name = prefix + name
        precondition(
            !entries.contains { $0.name == name }, "two parameters are named \(name)")
        entries.append(Entry(name: name, shape: shape, role: role, initially: initially))
        return Parameter(index: entries.count - 1)
    }
}

/// A declared parameter: a layer's handle to its weights in whatever pass it computes.
public struct Parameter: Hashable, Sendable {
    let index: Int
}

/// A declared scalar: a handle to one of the numbers that a network's updates report.
public struct Scalar: Hashable, Sendable {
    let number: Int
}

/// How a weight is initialized.
public enum Initializer: Hashable, Sendable {
    case constant(Float)
    case normal(mean: Float = 0, deviation: Float)

    /// Suits units that pass half of what reaches them from this many inputs (He et al., 2015).
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

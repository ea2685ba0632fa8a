/// A number that says how good a generator is, beside the number that real examples give in place of samples.
public struct Metric: Sendable {
    public enum Better: String, Sendable {
        case larger, smaller
        /// Values nearer to that of real examples are better.
        case nearer
    }

    /// The name of a metric, and which values are better, both of which are known before anything is measured.
    public struct Kind: Hashable, Sendable {
        public let name: String
        public let better: Better

        /// A metric's kind; if the examples have several fields and it belongs to one of them, the field begins the
        /// name, as in `left.frechet-distance`.
        public init(_ name: String, of field: String? = nil, better: Better) {
            self.name = field.map { "\($0).\(name)" } ?? name
            self.better = better
        }
    }

    public let kind: Kind
    public let value: Double
    /// The same metric of held-out real examples; samples cannot be expected to be better.
    public let real: Double

    public init(_ kind: Kind, _ value: Double, real: Double) {
        self.kind = kind
        self.value = value
        self.real = real
    }

    public init(_ name: String, _ value: Double, real: Double, better: Better) {
        self.init(Kind(name, better: better), value, real: real)
    }

    public var name: String { kind.name }

    /// Whether this metric is better than another of the same name; NaN never is.
    public func isBetter(than other: Metric) -> Bool {
        switch kind.better {
        case .larger: value > other.value
        case .smaller: value < other.value
        case .nearer: abs(value - real) < abs(other.value - other.real)
        }
    }
}

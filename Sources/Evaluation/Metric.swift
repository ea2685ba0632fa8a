/// A number that tells how good a generator is, beside the one that real examples give in the place of samples.
public struct Metric: Sendable {
    public enum Better: String, Sendable {
        case larger, smaller
        /// Nearer to what real examples give.
        case nearer
    }

    /// What a metric is called, and which values are better: all that is known before anything is measured.
    public struct Kind: Hashable, Sendable {
        public let name: String
        public let better: Better

        /// - Parameter field: Begins the name, where the examples have several fields and the metric is of this one:
        ///   `left-frechet-distance`.
        public init(_ name: String, of field: String? = nil, better: Better) {
            self.name = field.map { "\($0)-\(name)" } ?? name
            self.better = better
        }
    }

    public let kind: Kind
    public let value: Double
    /// The same for held-out real examples: nothing can be expected to be better.
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

    /// Whether this one is better than another of the same name; what is no number never is.
    public func isBetter(than other: Metric) -> Bool {
        switch kind.better {
        case .larger: value > other.value
        case .smaller: value < other.value
        case .nearer: abs(value - real) < abs(other.value - other.real)
        }
    }
}

/// One figure of a generator, beside what real examples give in the place of samples.
public struct Figure: Sendable {
    public enum Better: String, Sendable {
        case larger, smaller
        /// Nearer to the real figure.
        case nearer
    }

    public let name: String
    public let value: Double
    /// The same figure for held-out real examples: nothing can be expected to be better.
    public let real: Double
    public let better: Better

    public init(_ name: String, _ value: Double, real: Double, better: Better) {
        self.name = name
        self.value = value
        self.real = real
        self.better = better
    }

    /// Whether this one is better than another of the same name; what is no number never is.
    public func isBetter(than other: Figure) -> Bool {
        switch better {
        case .larger: value > other.value
        case .smaller: value < other.value
        case .nearer: abs(value - real) < abs(other.value - other.real)
        }
    }
}

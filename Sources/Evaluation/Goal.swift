/// A goal of a recipe: a metric, and the value that is good enough, as in `Goal("modes", .atLeast(8))`.
public struct Goal: Sendable, CustomStringConvertible {
    public enum Bound: Sendable {
        case atLeast(Double)
        case atMost(Double)
    }

    /// Whether the metrics reach a goal.
    public enum Verdict: String, Sendable {
        case reached
        case missed = "not reached"
        /// The metric is not among them, because another extractor gives other metrics.
        case unmeasured = "not measured"
    }

    /// The metric's name.
    public let metric: String
    public let bound: Bound

    public init(_ metric: String, _ bound: Bound) {
        self.metric = metric
        self.bound = bound
    }

    /// Whether a value reaches the goal; NaN never does.
    public func verdict(_ metrics: [Metric]) -> Verdict {
        guard let value = metrics.first(where: { $0.name == metric })?.value else {
            return .unmeasured
        }
        let isReached =
            switch bound {
            case .atLeast(let least): value >= least
            case .atMost(let most): value <= most
            }
        return isReached ? .reached : .missed
    }

    /// A text such as "modes at least 8".
    public var description: String {
        switch bound {
        case .atLeast(let least): "\(metric) at least \(Self.text(least))"
        case .atMost(let most): "\(metric) at most \(Self.text(most))"
        }
    }

    /// Whole numbers are written without a decimal point.
    private static func text(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}

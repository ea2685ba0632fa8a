/// Decides when to stop: once a metric has not improved for a while.
///
/// The decision is a function of the metrics in their order, so a resumed run stops where an uninterrupted one does.
public struct EarlyStopping: Sendable {
    /// The metric's name.
    public let metric: String
    /// How many evaluations may pass without an improvement.
    public let patience: Int

    public init(on metric: String, patience: Int) {
        self.metric = metric
        self.patience = patience
    }

    /// The iteration of the best evaluation so far, and whether it is time to stop; nil before the first.
    public func verdict(_ evaluations: [(iteration: Int, metrics: [Metric])]) -> (
        best: Int, isTimeToStop: Bool
    )? {
        var best: (place: Int, metric: Metric)?
        for (place, evaluation) in evaluations.enumerated() {
            guard let found = evaluation.metrics.first(where: { $0.name == metric }) else {
                continue
            }
            if best.map({ found.isBetter(than: $0.metric) }) ?? found.value.isFinite {
                best = (place, found)
            }
            if let best, place - best.place >= patience {
                return (evaluations[best.place].iteration, true)
            }
        }
        return best.map { (evaluations[$0.place].iteration, false) }
    }
}

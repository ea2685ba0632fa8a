/// When to stop: once a figure has not become better for a while.
///
/// A function of the figures in their order, so a resumed run stops where an uninterrupted one does.
public struct EarlyStopping: Sendable {
    /// The figure's name.
    public let figure: String
    /// How many evaluations may pass without a better one.
    public let patience: Int

    public init(on figure: String, patience: Int) {
        self.figure = figure
        self.patience = patience
    }

    /// The iteration of the best evaluation so far, and whether it is time to stop; nil before the first.
    public func verdict(_ evaluations: [(iteration: Int, figures: [Figure])]) -> (
        best: Int, isTimeToStop: Bool
    )? {
        var best: (place: Int, figure: Figure)?
        for (place, evaluation) in evaluations.enumerated() {
            guard let found = evaluation.figures.first(where: { $0.name == figure }) else {
                continue
            }
            if best.map({ found.isBetter(than: $0.figure) }) ?? found.value.isFinite {
                best = (place, found)
            }
            if let best, place - best.place >= patience {
                return (evaluations[best.place].iteration, true)
            }
        }
        return best.map { (evaluations[$0.place].iteration, false) }
    }
}

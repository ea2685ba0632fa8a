/// The end of a run whose generator draws a part of the data alone.
package struct Collapse: Error, CustomStringConvertible {
    package let iteration: Int
    package let reason: String
    /// The iteration of the last checkpoint without a sign of it.
    package let lastHealthy: Int?

    package init(iteration: Int, reason: String, lastHealthy: Int?) {
        self.iteration = iteration
        self.reason = reason
        self.lastHealthy = lastHealthy
    }

    package var description: String {
        let healthy =
            lastHealthy.map { "the last healthy checkpoint is that of iteration \($0)" }
            ?? "no checkpoint was healthy"
        return "iteration \(iteration): the generator has collapsed: \(reason); \(healthy)"
    }
}

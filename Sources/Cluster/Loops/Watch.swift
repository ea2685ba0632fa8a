package import Evaluation
package import Recipes

/// How a run is measured while it trains, at each checkpoint.
package struct Watch: Sendable {
    package let evaluation: RunEvaluation
    package let stopping: EarlyStopping?
    /// Whether a collapse ends the run; otherwise it is only said.
    package let stopsOnCollapse: Bool

    package init(evaluation: RunEvaluation, stopping: EarlyStopping?, stopsOnCollapse: Bool) {
        self.evaluation = evaluation
        self.stopping = stopping
        self.stopsOnCollapse = stopsOnCollapse
    }
}

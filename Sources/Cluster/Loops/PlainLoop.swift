internal import Adversarial
package import Datasets
internal import Foundation
package import Hashing
package import Recipes
internal import Tensors
internal import Wire

/// A run without any protocol: leaves on this process's lanes, their sum, an update.
///
/// Its weights are those of a cluster, and what a cluster takes longer is the protocol's cost.
package struct PlainLoop {
    private let run: Run
    private let dataset: any Dataset
    private let lanes: Int

    package init(run: Run, dataset: any Dataset, lanes: Int) {
        self.run = run
        self.dataset = dataset
        self.lanes = min(lanes, run.settings.leaves)
    }

    /// Trains to the end.
    ///
    /// - Parameter finished: Called after each iteration, with seconds since 1970.
    /// - Returns: The hash of the final weights.
    package func train(finished: (Double) -> Void) throws -> Digest {
        let shape = ClusterShape(run)
        let pool = StoragePool()
        let leaves = try LanePool(lanes: lanes, run: run, dataset: dataset, wakeup: Wakeup())
        defer { leaves.close() }
        var state = PlainState(.initial(of: run), shape: shape, rules: UpdateRule.rules(of: run))
        for step in 0..<shape.steps {
            let messages = try leaves.messages(
                of: 0..<run.settings.leaves, at: step, weights: state.weights)
            let sum = shape.tree.sum(shape.tree.top, pool: pool) { messages[$0] }
            begin(
                step + 1, on: leaves, unless: shape.schedule.turn(at: step).network, state.weights)
            state.take(sum)
            if shape.schedule.beginsIteration(at: step + 1) {
                finished(Date().timeIntervalSince1970)
            }
        }
        return Checkpoint.weightsDigest(state.snapshot, of: run)
    }

    /// Begins a step's leaves, where another network learns in it than the one that is about to change.
    private func begin(
        _ step: Int, on leaves: LanePool, unless changing: Int, _ weights: [Storage]
    ) {
        let network = run.schedule.turn(at: step).network
        guard step < run.steps, network != changing else { return }
        leaves.begin(
            (0..<run.settings.leaves).map {
                LeafBeginning(step: step, leaf: $0, weights: weights[network])
            })
    }
}

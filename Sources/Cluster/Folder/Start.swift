internal import Adversarial
package import Hashing
internal import NeuralNetworks
package import Recipes
internal import Wire

/// What a run begins with instead of new weights: those of another run's checkpoint, as far as the networks are the same.
package struct Start: Sendable {
    let snapshot: Snapshot
    /// That of the weights, which is part of the run's identity.
    package let digest: Digest

    /// - Parameters:
    ///   - folder: That of a run of the same recipe.
    ///   - iteration: That of the checkpoint.
    ///   - run: What is to begin.
    package init(fromRunIn folder: String, iteration: Int, for run: Run) throws {
        let other = try OpenedRun(folder: folder, among: [run.recipe], iteration: iteration)
        let networks = zip(
            zip(run.networks, Snapshot.initial(of: run).networks),
            zip(other.run.networks, other.snapshot.networks)
        ).map { own, found in
            guard own.0.hasSameLayout(as: found.0) else { return own.1 }
            var components = own.1
            for component in [Component.weights, .average] where components[component] != nil {
                components[component] = found.1[component]
            }
            return components
        }
        snapshot = Snapshot(step: 0, networks: networks)
        digest = Checkpoint.weightsDigest(snapshot, of: run)
    }
}

package import Adversarial
internal import Hashing
internal import NeuralNetworks
package import Recipes
package import Wire

/// What every member of a run's cluster knows alike: the networks and their chunks, the leaves, the schedule.
package struct ClusterShape: Sendable {
    package struct Network: Sendable {
        package var name: String
        /// The flat buffer's length in floats.
        package var count: Int
        package var components: [Component]

        package init(name: String, count: Int, components: [Component]) {
            self.name = name
            self.count = count
            self.components = components
        }
    }

    /// The first bytes of the run's identity, in every data message.
    package var run: UInt64
    package var networks: [Network]
    /// Floats in a chunk, at most.
    package var chunkCount: Int
    package var tree: LeafTree
    package var schedule: Schedule
    /// The step at which the run ends.
    package var steps: Int
    package var stepsBetweenCheckpoints: Int

    package init(
        run: UInt64, networks: [Network], chunkCount: Int, leaves: Int, schedule: Schedule,
        steps: Int,
        stepsBetweenCheckpoints: Int
    ) {
        self.run = run
        self.networks = networks
        self.chunkCount = chunkCount
        tree = LeafTree(leaves: leaves)
        self.schedule = schedule
        self.steps = steps
        self.stepsBetweenCheckpoints = stepsBetweenCheckpoints
    }

    package init(_ run: Run) {
        self.init(
            run: run.identity.prefix,
            networks: zip(run.networks, run.averages).map { network, average in
                Network(
                    name: network.name, count: network.count,
                    components: [.weights, .firstMoment, .secondMoment]
                        + (average == nil ? [] : [.average]))
            }, chunkCount: run.chunkCount, leaves: run.settings.leaves, schedule: run.schedule,
            steps: run.steps,
            stepsBetweenCheckpoints: run.settings.checkpointEvery * run.schedule.stepsPerIteration)
    }

    package func chunks(of network: Int) -> Range<Int> {
        let length = chunkLength(of: network)
        return 0..<((networks[network].count + length - 1) / length)
    }

    /// Every network has two chunks at least, so that two servers can share it.
    private func chunkLength(of network: Int) -> Int {
        min(chunkCount, (networks[network].count + 1) / 2)
    }

    /// The floats that a chunk holds.
    package func range(of chunk: Int, in network: Int) -> Range<Int> {
        let length = chunkLength(of: network)
        return (chunk * length)..<min((chunk + 1) * length, networks[network].count)
    }

    /// The chunks of one slice of `count`, as even as they come; nil for a network that is not of this run.
    package func chunks(of slice: Hello.Slice) -> (network: Int, chunks: Range<Int>)? {
        guard let network = networks.firstIndex(where: { $0.name == slice.network }) else {
            return nil
        }
        let total = chunks(of: network).count
        return (
            network, (slice.index * total / slice.count)..<((slice.index + 1) * total / slice.count)
        )
    }

    /// The end of the iteration that `step` is in: itself, where it ends one.
    func wholeIteration(from step: Int) -> Int {
        let length = schedule.stepsPerIteration
        return min((step + length - 1) / length * length, steps)
    }

    /// The first checkpoint after `step`: at fixed steps, and at the end.
    package func boundary(after step: Int) -> Int {
        min((step / stepsBetweenCheckpoints + 1) * stepsBetweenCheckpoints, max(steps, step + 1))
    }

    /// How far a run may go at all from a checkpoint: servers keep the numbers of two boundaries, and none may be lost.
    func horizon(after saved: Int) -> Int { min(steps, boundary(after: boundary(after: saved))) }

    package func isBoundary(_ step: Int) -> Bool {
        step == steps || step % stepsBetweenCheckpoints == 0
    }
}

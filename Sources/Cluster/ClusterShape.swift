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
    package var floatsPerChunk: Int
    package var tree: LeafTree
    package var schedule: Schedule
    /// The step at which the run ends.
    package var steps: Int
    /// Iterations from one checkpoint to the next.
    package var checkpointEvery: Int

    package init(
        run: UInt64, networks: [Network], floatsPerChunk: Int, leaves: Int, schedule: Schedule,
        steps: Int, checkpointEvery: Int
    ) {
        self.run = run
        self.networks = networks
        self.floatsPerChunk = floatsPerChunk
        tree = LeafTree(leaves: leaves)
        self.schedule = schedule
        self.steps = steps
        self.checkpointEvery = checkpointEvery
    }

    package init(_ run: Run) {
        self.init(
            run: run.identity.prefix,
            networks: zip(run.networks, run.averages).map { network, average in
                Network(
                    name: network.name, count: network.count,
                    components: [.weights, .firstMoment, .secondMoment]
                        + (average == nil ? [] : [.average]))
            }, floatsPerChunk: run.floatsPerChunk, leaves: run.settings.leaves,
            schedule: run.schedule,
            steps: run.steps, checkpointEvery: run.settings.checkpointEvery)
    }

    package func chunks(of network: Int) -> Range<Int> {
        let length = chunkLength(of: network)
        return 0..<((networks[network].count + length - 1) / length)
    }

    /// Every network has two chunks at least, so that two servers can share it.
    private func chunkLength(of network: Int) -> Int {
        min(floatsPerChunk, (networks[network].count + 1) / 2)
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
        let iteration = schedule.iteration(at: step)
        let end = schedule.beginsIteration(at: step) ? step : schedule.firstStep(of: iteration + 1)
        return min(end, steps)
    }

    /// The first checkpoint after `step`: every so many iterations, and at the end.
    package func boundary(after step: Int) -> Int {
        let number = schedule.iteration(at: step) / checkpointEvery + 1
        return min(schedule.firstStep(of: number * checkpointEvery), max(steps, step + 1))
    }

    /// How far a run may go at all from a checkpoint: servers keep the numbers of two boundaries, and none may be lost.
    func horizon(after saved: Int) -> Int { min(steps, boundary(after: boundary(after: saved))) }

    package func isBoundary(_ step: Int) -> Bool {
        step == steps
            || schedule.beginsIteration(at: step)
                && schedule.iteration(at: step) % checkpointEvery == 0
    }

    /// The last two checkpoints of some steps, the later one first.
    func lastBoundaries(of range: ClosedRange<Int>) -> [Int] {
        var found = range.contains(steps) ? [steps] : []
        var iteration =
            schedule.iteration(at: min(range.upperBound, steps)) / checkpointEvery * checkpointEvery
        while found.count < 2, iteration >= 0, schedule.firstStep(of: iteration) >= range.lowerBound
        {
            let step = schedule.firstStep(of: iteration)
            if range.contains(step), !found.contains(step) { found.append(step) }
            iteration -= checkpointEvery
        }
        return found
    }

    /// The first step from `step` on in which a network learns; the end of the run where it never does again.
    func nextStep(of network: Int, from step: Int) -> Int {
        schedule.nextStep(of: network, from: step) ?? max(steps, step)
    }
}

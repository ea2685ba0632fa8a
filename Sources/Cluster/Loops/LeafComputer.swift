internal import Adversarial
internal import Datasets
internal import NeuralNetworks
internal import Recipes
internal import Synchronization
internal import Tensors

/// Computes leaves on one lane.
final class LeafComputer {
    private let run: Run
    private let reader: BatchReader
    private let weights: CurrentWeights
    /// What leaves of the next step go on with, made with the same weights.
    private var kept: [Int: (step: Int, weights: Storage, made: Leaf.Kept)] = [:]

    init(run: Run, reader: BatchReader, weights: CurrentWeights) {
        self.run = run
        self.reader = reader
        self.weights = weights
    }

    /// - Parameter task: Gives the job's task, once it is there: the leaf waits for that where it needs the other side's weights.
    /// - Throws: What reading the data throws, and what `task` throws.
    func compute(_ job: LeafJob, task: @escaping () throws -> LeafTask) throws -> LeafResult {
        let start = ContinuousClock.now
        var waited = Duration.zero
        func awaited() throws -> LeafTask {
            let start = ContinuousClock.now
            defer { waited += ContinuousClock.now - start }
            return try task()
        }
        let turn = run.schedule.turn(at: job.step)
        let schedule = run.schedule
        let keeps = schedule.continuesLeaves(after: job.step)
        kept = kept.filter { $0.value.step >= job.step }
        let early = kept.removeValue(forKey: job.leaf).flatMap { early in
            early.step == job.step && early.weights === job.weights ? early.made : nil
        }
        let size = run.settings.microbatch
        let positions = (job.leaf * size)..<((job.leaf + 1) * size)
        let leaf = Leaf(
            run.step, turn, positions: positions,
            weights: { [weights] side in
                let number = side.rawValue
                let buffer = side == turn.side ? job.weights : try awaited().weights[number]
                return weights.weights(number, in: buffer)
            }, reals: { [run, reader] in try Self.reals(run, reader, turn, positions) },
            kept: early, leavesThatKeep: { keeps ? try awaited().siblings : nil })
        let message = try run.step.message(of: leaf)
        // A game need not ask for the other side's weights, and its leaf is not wanted before they are there.
        let done = try awaited()
        if let made = leaf.kept {
            let network = schedule.turn(at: job.step + 1).network
            kept[job.leaf] = (job.step + 1, done.weights[network], made)
        }
        return LeafResult(
            attempt: done.attempt, step: job.step, leaf: job.leaf, message: message,
            duration: ContinuousClock.now - start - waited)
    }

    private static func reals(
        _ run: Run, _ reader: BatchReader, _ turn: Turn, _ positions: Range<Int>
    ) throws -> Examples {
        let first = run.schedule.batches(before: turn) * run.settings.batchSize
        func shifted(by offset: Int) -> Range<Int> {
            (offset + positions.lowerBound)..<(offset + positions.upperBound)
        }
        return Examples(
            try reader.batch(
                at: shifted(by: first), next: shifted(by: first + run.settings.batchSize)))
    }
}

/// The networks' weights as they are used now, with the copies that kernels make of them: one for all lanes.
final class CurrentWeights: Sendable {
    private let networks: [Network]
    private let bound: Mutex<[(buffer: Storage, weights: NetworkWeights)?]>

    init(_ networks: [Network]) {
        self.networks = networks
        bound = Mutex(networks.map { _ in nil })
    }

    func weights(_ network: Int, in buffer: Storage) -> NetworkWeights {
        bound.withLock { bound in
            if let known = bound[network], known.buffer === buffer { return known.weights }
            let weights = networks[network].weights(in: buffer)
            bound[network] = (buffer, weights)
            return weights
        }
    }

    func forget() { bound.withLock { $0 = networks.map { _ in nil } } }
}

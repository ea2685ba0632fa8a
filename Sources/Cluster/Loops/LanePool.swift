internal import Adversarial
internal import Datasets
internal import Foundation
internal import NeuralNetworks
internal import Recipes
internal import Tensors
internal import Wire

/// A worker's lanes: threads that each compute one leaf at a time, with single-threaded kernels.
final class LanePool: @unchecked Sendable {
    private let run: Run
    private let reader: BatchReader
    private let wakeup: Wakeup
    private let condition = NSCondition()
    // Guarded by the condition.
    private var tasks: [LeafTask] = []
    private var results: [Result<LeafResult, any Error>] = []
    private var isClosed = false
    private var living: Int

    /// - Parameter wakeup: Signalled whenever a result is there to be taken.
    init(lanes: Int, run: Run, dataset: any Dataset, wakeup: Wakeup) {
        self.run = run
        self.wakeup = wakeup
        reader = BatchReader(dataset, random: run.step.random)
        living = lanes
        for number in 0..<lanes {
            let thread = Thread { [self] in work() }
            thread.name = "lane \(number)"
            thread.stackSize = 64 << 20
            thread.start()
        }
    }

    func submit(_ task: LeafTask) {
        condition.lock()
        tasks.append(task)
        condition.signal()
        condition.unlock()
    }

    /// Forgets tasks that nobody waits for any more.
    func cancelAll() {
        condition.lock()
        tasks.removeAll()
        condition.unlock()
    }

    func takeResults() -> [Result<LeafResult, any Error>] {
        condition.lock()
        defer { condition.unlock() }
        defer { results = [] }
        return results
    }

    /// Ends the threads, after the leaves that they are at.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        while living > 0 { condition.wait() }
        condition.unlock()
        reader.close()
    }

    private func work() {
        let computer = LeafComputer(run: run, reader: reader)
        while let task = nextTask() {
            let result = Result { try computer.compute(task) }
            condition.lock()
            results.append(result)
            condition.unlock()
            wakeup.signal()
        }
        condition.lock()
        living -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func nextTask() -> LeafTask? {
        condition.lock()
        defer { condition.unlock() }
        while tasks.isEmpty && !isClosed { condition.wait() }
        return isClosed ? nil : tasks.removeFirst()
    }
}

/// Computes leaves on one lane, and keeps that lane's view of the weights while they are current.
private final class LeafComputer {
    private let run: Run
    private let reader: BatchReader
    private var bound: [(buffer: Storage, weights: NetworkWeights)?]

    init(run: Run, reader: BatchReader) {
        self.run = run
        self.reader = reader
        bound = run.networks.map { _ in nil }
    }

    func compute(_ task: LeafTask) throws -> LeafResult {
        let start = ContinuousClock.now
        let turn = run.schedule.turn(at: task.step)
        let size = run.settings.microbatch
        let positions = (task.leaf * size)..<((task.leaf + 1) * size)
        let message = Lane.current.pool.storage(count: run.networks[turn.network].count)
        try run.step.contribute(
            to: message, turn: turn, positions: positions,
            reals: try reals(turn, positions), weights: task.weights.enumerated().map(weights))
        return LeafResult(
            attempt: task.attempt, step: task.step, leaf: task.leaf, message: message,
            duration: ContinuousClock.now - start)
    }

    private func reals(_ turn: Turn, _ positions: Range<Int>) throws -> NDArray {
        let first = run.schedule.batches(before: turn) * run.settings.batch
        func shifted(by offset: Int) -> Range<Int> {
            (offset + positions.lowerBound)..<(offset + positions.upperBound)
        }
        return try reader.batch(
            at: shifted(by: first), next: shifted(by: first + run.settings.batch)
        ).arrays[0]
    }

    private func weights(_ network: Int, _ buffer: Storage) -> NetworkWeights {
        if let known = bound[network], known.buffer === buffer { return known.weights }
        let weights = run.networks[network].weights(in: buffer)
        bound[network] = (buffer, weights)
        return weights
    }
}

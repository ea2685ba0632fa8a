internal import Adversarial
internal import Datasets
internal import Foundation
internal import NeuralNetworks
internal import Platform
internal import Recipes
internal import Synchronization
internal import Tensors
internal import Wire

/// A worker's lanes: threads that each compute one leaf at a time, with single-threaded kernels.
///
/// A leaf always goes to the same lane, which may have begun it.
final class LanePool: @unchecked Sendable {
    enum Task {
        case begin(LeafBeginning)
        case compute(LeafTask)

        fileprivate var leaf: Int {
            switch self {
            case .begin(let beginning): beginning.leaf
            case .compute(let task): task.leaf
            }
        }
    }

    private let run: Run
    private let reader: BatchReader
    private let wakeup: Wakeup
    private let weights: CurrentWeights
    private let condition = NSCondition()
    // Guarded by the condition.
    private var tasks: [[Task]]
    private var results: [Result<LeafResult, any Error>] = []
    private var isClosed = false
    private var living: Int

    /// - Parameter wakeup: Signalled whenever a result is there to be taken.
    /// - Throws: ``Departure`` where the system allows fewer threads.
    init(lanes: Int, run: Run, dataset: any Dataset, wakeup: Wakeup) throws {
        self.run = run
        self.wakeup = wakeup
        weights = CurrentWeights(run.networks)
        reader = try BatchReader(dataset, random: run.step.random)
        tasks = Array(repeating: [], count: lanes)
        living = lanes
        for lane in 0..<lanes {
            do {
                try SystemThread("lane \(lane)", stackBytes: Lane.stackBytes) { [self] in
                    withPrecision(run.settings.precision) { work(lane) }
                }
            } catch {
                living = lane
                close()
                throw Departure.threads(lanes: lanes, allowed: lane)
            }
        }
    }

    func submit(_ task: Task) {
        condition.lock()
        tasks[task.leaf % tasks.count].append(task)
        condition.broadcast()
        condition.unlock()
    }

    /// Forgets tasks that nobody waits for any more.
    func cancelAll() {
        condition.lock()
        tasks = tasks.map { _ in [] }
        condition.unlock()
    }

    /// Lets go of the weights and what kernels made of them, until they are needed again.
    func forgetWeights() { weights.forget() }

    func takeResults() -> [Result<LeafResult, any Error>] {
        condition.lock()
        defer { condition.unlock() }
        defer { results = [] }
        return results
    }

    /// The messages of some leaves of a step, in their order, where nobody else uses this pool.
    ///
    /// - Throws: What reading the data throws.
    func messages(of leaves: Range<Int>, at step: Int, weights: [Storage]) throws -> [Storage] {
        for leaf in leaves {
            submit(
                .compute(
                    LeafTask(
                        attempt: 0, step: step, leaf: leaf, weights: weights,
                        siblings: leaves.count)))
        }
        var messages: [Int: Storage] = [:]
        while messages.count < leaves.count {
            wait(on: [], wakeup: wakeup, milliseconds: 50)
            for result in takeResults() {
                let result = try result.get()
                messages[result.leaf] = result.message
            }
        }
        return leaves.compactMap { messages[$0] }
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

    private func work(_ lane: Int) {
        let computer = LeafComputer(run: run, reader: reader, weights: weights)
        while let task = nextTask(lane) {
            switch task {
            case .begin(let beginning): computer.begin(beginning)
            case .compute(let task):
                let result = Result { try computer.compute(task) }
                condition.lock()
                results.append(result)
                condition.unlock()
                wakeup.signal()
            }
        }
        condition.lock()
        living -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func nextTask(_ lane: Int) -> Task? {
        condition.lock()
        defer { condition.unlock() }
        while tasks[lane].isEmpty && !isClosed { condition.wait() }
        return isClosed ? nil : tasks[lane].removeFirst()
    }
}

/// The networks' weights as they are used now, with the copies that kernels make of them: one for all lanes.
private final class CurrentWeights: Sendable {
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

/// Computes leaves on one lane.
private final class LeafComputer {
    private let run: Run
    private let reader: BatchReader
    private let weights: CurrentWeights
    private var begun: [Int: (step: Int, weights: Storage, beginning: AdversarialStep.Beginning)] =
        [:]

    init(run: Run, reader: BatchReader, weights: CurrentWeights) {
        self.run = run
        self.reader = reader
        self.weights = weights
    }

    /// Does the first part of a leaf ahead of time; what goes wrong will go wrong again when it is needed.
    func begin(_ leaf: LeafBeginning) {
        begun = begun.filter { $0.value.step == leaf.step }
        guard begun[leaf.leaf]?.weights !== leaf.weights else { return }
        guard let beginning = try? begin(leaf.step, leaf.leaf, leaf.weights) else { return }
        begun[leaf.leaf] = (leaf.step, leaf.weights, beginning)
    }

    func compute(_ task: LeafTask) throws -> LeafResult {
        let start = ContinuousClock.now
        begun = begun.filter { $0.value.step >= task.step }
        let network = run.schedule.turn(at: task.step).network
        let own = task.weights[network]
        let early = begun.removeValue(forKey: task.leaf).flatMap { early in
            early.step == task.step && early.weights === own ? early.beginning : nil
        }
        let beginning = try early ?? begin(task.step, task.leaf, own)
        let (message, next) = run.step.finish(
            beginning, weights: task.weights.enumerated().map { weights.weights($0, in: $1) },
            keepingFakesOf: keepsFakes ? task.siblings : nil)
        if let next {
            begun[task.leaf] = (task.step + 1, task.weights[AdversarialStep.generatorNumber], next)
        }
        return LeafResult(
            attempt: task.attempt, step: task.step, leaf: task.leaf, message: message,
            duration: ContinuousClock.now - start)
    }

    /// With one critic step an iteration, the generator's turn is next, and sees the same latents with the same weights.
    private var keepsFakes: Bool { run.settings.criticSteps == 1 }

    private func begin(_ step: Int, _ leaf: Int, _ buffer: Storage) throws
        -> AdversarialStep.Beginning
    {
        let turn = run.schedule.turn(at: step)
        let size = run.settings.microbatch
        let positions = (leaf * size)..<((leaf + 1) * size)
        return try run.step.begin(
            turn, positions: positions, reals: try reals(turn, positions),
            weights: weights.weights(turn.network, in: buffer))
    }

    private func reals(_ turn: Turn, _ positions: Range<Int>) throws -> Examples {
        let first = run.schedule.batches(before: turn) * run.settings.batch
        func shifted(by offset: Int) -> Range<Int> {
            (offset + positions.lowerBound)..<(offset + positions.upperBound)
        }
        let batch = try reader.batch(
            at: shifted(by: first), next: shifted(by: first + run.settings.batch))
        return Examples(batch.arrays[0], labels: batch.labels)
    }
}

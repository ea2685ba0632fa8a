internal import Adversarial
internal import Datasets
internal import Foundation
internal import NeuralNetworks
internal import Platform
internal import Recipes
internal import Tensors
internal import Wire

/// A worker's lanes: threads that each compute one leaf at a time, with single-threaded kernels.
///
/// A leaf may begin before the weights of the other side are there. Where it comes to need them it waits, and its lane turns
/// to the next leaf meanwhile, on top of it on the same stack. A leaf always goes to the same lane, which may have begun it.
final class LanePool: @unchecked Sendable {
    /// How many leaves of a lane may wait at once: each holds what it has computed so far.
    private static let deepest = 64

    private let run: Run
    private let reader: BatchReader
    private let wakeup: Wakeup
    private let weights: CurrentWeights
    private let condition = NSCondition()
    // Guarded by the condition.
    private var queues: [[LeafJob]]
    /// Leaves that were begun and whose tasks have not come yet, by their numbers.
    private var open: [Int: LeafJob] = [:]
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
        queues = Array(repeating: [], count: lanes)
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

    /// Begins leaves of a step with the weights of the side that learns.
    ///
    /// What goes wrong in one goes wrong again when it is to be computed.
    func begin(_ beginnings: [LeafBeginning]) {
        condition.lock()
        for beginning in beginnings {
            cancelOpen { $0.step != beginning.step }
            if let known = open[beginning.leaf] {
                if known.weights === beginning.weights { continue }
                known.isCancelled = true
            }
            let job = LeafJob(beginning)
            open[beginning.leaf] = job
            queues[beginning.leaf % queues.count].append(job)
        }
        condition.broadcast()
        condition.unlock()
    }

    /// Computes leaves, those that were begun from where they are.
    ///
    /// - Parameter tasks: All at once, where they are of one step: a leaf that was begun and is not among them makes way.
    func compute(_ tasks: [LeafTask]) {
        condition.lock()
        for task in tasks {
            cancelOpen { $0.step < task.step }
            let own = task.weights[run.schedule.turn(at: task.step).network]
            if let job = open[task.leaf], job.step == task.step, job.weights === own {
                job.task = task
                open[task.leaf] = nil
            } else {
                queues[task.leaf % queues.count].append(LeafJob(task, weights: own))
            }
        }
        condition.broadcast()
        condition.unlock()
    }

    private func cancelOpen(where isStale: (LeafJob) -> Bool) {
        for (leaf, job) in open where isStale(job) {
            job.isCancelled = true
            open[leaf] = nil
        }
    }

    /// Forgets leaves that nothing waits for any more.
    func cancelAll() {
        condition.lock()
        queues = queues.map { _ in [] }
        cancelOpen { _ in true }
        condition.broadcast()
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

    /// The messages of some leaves of a step, in their order, where nothing else uses this pool.
    ///
    /// - Throws: What reading the data throws.
    func messages(of leaves: Range<Int>, at step: Int, weights: [Storage]) throws -> [Storage] {
        compute(
            leaves.map {
                LeafTask(
                    attempt: 0, step: step, leaf: $0, weights: weights, siblings: leaves.count)
            })
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

    // MARK: On a lane

    private func work(_ lane: Int) {
        let computer = LeafComputer(run: run, reader: reader, weights: weights)
        condition.lock()
        while !isClosed {
            if let job = nextJob(lane) {
                condition.unlock()
                compute(job, computer, lane, above: [])
                condition.lock()
            } else {
                condition.wait()
            }
        }
        living -= 1
        condition.broadcast()
        condition.unlock()
    }

    /// The next leaf of a lane; the condition is held.
    private func nextJob(_ lane: Int) -> LeafJob? {
        while !queues[lane].isEmpty {
            let job = queues[lane].removeFirst()
            if !job.isCancelled { return job }
        }
        return nil
    }

    /// - Parameter waiting: The lane's leaves that wait below this one on the stack.
    private func compute(
        _ job: LeafJob, _ computer: LeafComputer, _ lane: Int, above waiting: [LeafJob]
    ) {
        let result = Result {
            try computer.compute(job) { try self.task(of: job, computer, lane, above: waiting) }
        }
        if case .failure(let error) = result {
            // A leaf that was only begun fails again when it is to be computed.
            condition.lock()
            let isWanted = job.task != nil && !(error is CancellationError)
            forget(job)
            condition.unlock()
            guard isWanted else { return }
        }
        condition.lock()
        results.append(result)
        condition.unlock()
        wakeup.signal()
    }

    /// Waits for a job's task no more; the condition is held.
    private func forget(_ job: LeafJob) {
        if open[job.leaf] === job { open[job.leaf] = nil }
    }

    /// A job's task, as soon as it is there; until then the lane computes other leaves.
    ///
    /// - Throws: `CancellationError` where the task will not come.
    private func task(
        of job: LeafJob, _ computer: LeafComputer, _ lane: Int, above waiting: [LeafJob]
    ) throws -> LeafTask {
        condition.lock()
        while true {
            if let task = job.task {
                condition.unlock()
                return task
            }
            // Tasks of one step come together: where one further down has its own, this one has none.
            if job.isCancelled || isClosed || waiting.contains(where: { $0.task != nil }) {
                job.isCancelled = true
                forget(job)
                condition.unlock()
                throw CancellationError()
            }
            if waiting.count < Self.deepest, let next = nextJob(lane) {
                condition.unlock()
                compute(next, computer, lane, above: waiting + [job])
                condition.lock()
            } else {
                condition.wait()
            }
        }
    }
}

/// A leaf on its way through a lane; what changes is guarded by the pool's condition.
final class LeafJob: @unchecked Sendable {
    let step: Int
    let leaf: Int
    /// Those of the side that learns.
    let weights: Storage
    /// What completes it; nil until the other side's weights are there.
    fileprivate(set) var task: LeafTask?
    fileprivate(set) var isCancelled = false

    fileprivate init(_ beginning: LeafBeginning) {
        step = beginning.step
        leaf = beginning.leaf
        weights = beginning.weights
    }

    fileprivate init(_ task: LeafTask, weights: Storage) {
        step = task.step
        leaf = task.leaf
        self.weights = weights
        self.task = task
    }
}

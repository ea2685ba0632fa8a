internal import Foundation
internal import Platform
public import Tensors

/// Reads batches by position in the endless shuffled sequence, ahead of time on a thread of its own.
///
/// The caller that takes a batch says which one comes next. If that guess is right, the next call does not wait.
public final class BatchReader: @unchecked Sendable {
    private let dataset: any Dataset
    private let random: RandomSource
    private let condition = NSCondition()
    // Guarded by the condition.
    private var wanted: [Range<Int>] = []
    private var inProgress: Range<Int>?
    private var ready: [Range<Int>: Result<Batch, any Error>] = [:]
    private var isClosed = false

    /// - Throws: `ThreadError` if the system allows no thread for it.
    public init(_ dataset: any Dataset, random: RandomSource) throws {
        self.dataset = dataset
        self.random = random
        try SystemThread("reader") { [weak self] in
            while self?.readNextWanted() == true {}
        }
    }

    /// The examples at `positions`; meanwhile those at `next` are prepared.
    public func batch(at positions: Range<Int>, next: Range<Int>? = nil) throws -> Batch {
        condition.lock()
        if let next, ready[next] == nil, inProgress != next, !wanted.contains(next) {
            wanted.append(next)
            condition.broadcast()
        }
        wanted.removeAll { $0 == positions }
        while inProgress == positions { condition.wait() }
        let found = ready.removeValue(forKey: positions)
        condition.unlock()
        return try found?.get() ?? read(positions)
    }

    /// Ends the reading thread.
    public func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    private func readNextWanted() -> Bool {
        condition.lock()
        while wanted.isEmpty && !isClosed { condition.wait() }
        guard !isClosed else {
            condition.unlock()
            return false
        }
        let positions = wanted.removeFirst()
        inProgress = positions
        condition.unlock()
        let batch = Result { try read(positions) }
        condition.lock()
        inProgress = nil
        // Batches that were never taken belong to an abandoned future; they are dropped, oldest first.
        if ready.count >= 64, let oldest = ready.keys.min(by: { $0.lowerBound < $1.lowerBound }) {
            ready[oldest] = nil
        }
        ready[positions] = batch
        condition.broadcast()
        condition.unlock()
        return true
    }

    private func read(_ positions: Range<Int>) throws -> Batch {
        try Batch(dataset.fields, rows: positions) { try dataset.read(at: $0, random, into: $1) }
    }
}

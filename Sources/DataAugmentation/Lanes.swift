internal import Foundation
internal import Platform
internal import Synchronization
internal import Tensors

/// Computes the results of some jobs, on as many threads as there are lanes; how many these are does not change a result.
///
/// - Parameter done: Hears of each job that is done, one after another, and how many are.
func onLanes<Result: Sendable>(
    _ lanes: Int, count: Int, _ job: @escaping @Sendable (Int) -> Result,
    done: @escaping @Sendable (_ number: Int, Result, _ finished: Int) -> Void
) throws -> [Result] {
    let jobs = Jobs<Result>()
    let threads = DispatchGroup()
    for _ in 0..<min(lanes, count) {
        threads.enter()
        do {
            try SystemThread("lane", stackBytes: Lane.stackBytes) {
                while case let number = jobs.next.add(1, ordering: .relaxed).oldValue,
                    number < count
                {
                    let result = job(number)
                    jobs.results.withLock {
                        $0[number] = result
                        done(number, result, $0.count)
                    }
                }
                threads.leave()
            }
        } catch {
            threads.leave()
            throw error
        }
    }
    threads.wait()
    let results = jobs.results.withLock { $0 }
    return (0..<count).compactMap { results[$0] }
}

private final class Jobs<Result: Sendable>: Sendable {
    let next = Atomic(0)
    let results = Mutex([Int: Result]())
}

import Cluster
import Evaluation
import Testing

@Suite("Checkpoints that stay on disk")
struct RetentionTests {
    private func evaluations(_ values: [Double], missed: [Double] = []) -> [(
        iteration: Int, metrics: [Metric]
    )] {
        values.enumerated().map { place, value in
            let share = missed.indices.contains(place) ? missed[place] : 0
            return (
                10 * (place + 1),
                [
                    Metric("distance", value, real: 0, better: .smaller),
                    Metric("missed-share", share, real: 0, better: .smaller),
                ]
            )
        }
    }

    private func kept(
        _ iterations: [Int], newest: Int = 3, best: EarlyStopping? = nil,
        _ evaluations: [(iteration: Int, metrics: [Metric])] = [], collapse: Collapse? = nil
    ) -> [Int] {
        let gone = Retention(newest: newest, best: best).superfluous(
            iterations, evaluations, collapse: collapse)
        return iterations.filter { !gone.contains($0) }
    }

    private let byDistance = EarlyStopping(on: "distance", patience: 5)

    @Test("The newest, at whatever iterations they were written")
    func newest() {
        #expect(kept([10, 20, 30, 40]) == [20, 30, 40])
        #expect(kept([10, 20, 30, 37, 40]) == [30, 37, 40])
        #expect(kept([10, 20]) == [10, 20])
        #expect(kept([10, 20, 30], newest: 1) == [30])
        #expect(kept([10, 20, 30], newest: 1_000_000_000) == [10, 20, 30])
    }

    @Test("The best stays, and the one that was the best before the newest ones")
    func best() {
        let values = evaluations([5, 1, 4, 3, 2, 2])
        #expect(
            kept([10, 20, 30, 40, 50, 60], best: byDistance, values) == [20, 40, 50, 60])
        // Were the newest one damaged, 20 would be the best again.
        let better = evaluations([5, 1, 4, 3, 2, 0.5])
        #expect(
            kept([10, 20, 30, 40, 50, 60], best: byDistance, better) == [20, 40, 50, 60])
        #expect(kept([40, 50, 60, 70], newest: 1, best: byDistance, better) == [60, 70])
    }

    @Test("A removed one stays the best, since it was measured; nothing takes its place")
    func removedBest() {
        let values = evaluations([1, 5, 4, 3])
        #expect(kept([20, 30, 40], newest: 2, best: byDistance, values) == [30, 40])
    }

    @Test("The last healthy one stays, and the one that a collapse's remedy begins with")
    func healthy() {
        let values = evaluations(
            [1, 1, 1, 1, 1, 1], missed: [0.9, 0, 0.9, 0.9, 0.9, 0.9])
        #expect(kept([10, 20, 30, 40, 50, 60], values) == [20, 40, 50, 60])
        let recovered = evaluations([1, 1, 1, 1, 1, 1], missed: [0, 0.9, 0.9, 0, 0, 0])
        let collapse = Collapse(iteration: 30, reason: "", lastHealthy: 10)
        #expect(
            kept([10, 20, 30, 40, 50, 60], recovered, collapse: collapse) == [10, 40, 50, 60])
    }
}

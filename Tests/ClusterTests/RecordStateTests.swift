import Adversarial
import Testing
import Wire

@testable import Cluster

@Suite("Lines come in order, and a checkpoint after the lines of what led to it")
struct RecordStateTests {
    /// Two steps an iteration, in attempt 1.
    private func state(written: Int = 0, saved: Int = 0) -> RecordState {
        RecordState(
            schedule: Schedule([Phase(repeats: Sides(discriminator: 1, generator: 1))]),
            written: written, saved: saved, attempt: 1)
    }

    private func report(_ step: Int) -> Heartbeat.Report {
        Heartbeat.Report(step: step, time: 0, measures: [], digest: 0, leaves: [])
    }

    private func snapshot(_ step: Int) -> Snapshot { Snapshot(step: step, networks: []) }

    /// What actions do, in words.
    private func words(_ actions: [RecordState.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .write(let steps): "lines \(steps.map(\.step))"
            case .save(let snapshot): "checkpoint \(snapshot.step)"
            }
        }
    }

    private func take(_ steps: [Int], _ state: inout RecordState) -> [String] {
        steps.flatMap { words(state.take(report($0), attempt: 1)) }
    }

    @Test("Late, doubled and in any order")
    func order() {
        var state = state()
        #expect(take([3, 1, 1, 2], &state) == [])
        #expect(take([0], &state) == ["lines [0, 1]", "lines [2, 3]"])
        #expect(take([0, 3], &state) == [])
        #expect(state.written == 4)
    }

    @Test("A snapshot waits for its lines")
    func held() {
        var state = state()
        #expect(words(state.save(snapshot(4))) == [])
        #expect(take([0, 1, 2], &state) == ["lines [0, 1]"])
        #expect(take([3, 4, 5], &state) == ["lines [2, 3]", "checkpoint 4", "lines [4, 5]"])
        #expect(words(state.save(snapshot(6))) == ["checkpoint 6"])
    }

    @Test("A new attempt forgets what waits, and hears of its own steps alone")
    func rewind() {
        var state = state(written: 6, saved: 2)
        _ = state.save(snapshot(8))
        _ = take([6], &state)
        #expect(state.rewind(to: 2, attempt: 2) == 2)
        #expect(take([2, 3], &state) == [])
        for step in 2..<8 { _ = state.take(report(step), attempt: 2) }
        #expect(state.written == 8)
        #expect(words(state.save(snapshot(8))) == ["checkpoint 8"])
    }

    @Test("A checkpoint that nobody has heard of keeps its lines")
    func unheard() {
        var state = state(written: 4)
        #expect(words(state.save(snapshot(4))) == ["checkpoint 4"])
        #expect(state.rewind(to: 0, attempt: 2) == 4)
        #expect(state.take(report(1), attempt: 2).isEmpty && state.written == 4)
    }
}

internal import Foundation

/// Where training stands.
package struct TrainingProgress: Codable, Equatable, Sendable {
    package let iteration: Int
    package let iterations: Int
    /// When that iteration was done, in seconds since 1970.
    package let time: Double
    package let examplesPerSecond: Double
    /// Each network's scalars, such as ("discriminator.loss", 0.7).
    package let scalars: [RunEvent.Value]

    /// Seconds to the end at this speed.
    package func secondsLeft(batch: Int) -> Double {
        examplesPerSecond > 0 ? Double((iterations - iteration) * batch) / examplesPerSecond : 0
    }

    /// The iteration's line in `metrics.jsonl`.
    var line: String {
        let fields =
            ["\"iteration\":\(iteration)", "\"time\":\(time)"]
            + scalars.map { "\"\($0.name)\":\(json($0.value))" }
            + ["\"examples-per-second\":\(json((examplesPerSecond * 10).rounded() / 10))"]
        return "{\(fields.joined(separator: ","))}"
    }
}

/// A number as JSON has it: what is no number becomes null.
private func json(_ value: Double) -> String { value.isFinite ? String(value) : "null" }

/// How fast a run trains, over its last iterations: members report them in bunches.
struct TrainingSpeed {
    private let begun = ContinuousClock.now
    private var recent: [(iteration: Int, time: Double)] = []

    /// Takes in when an iteration was done, in seconds since 1970.
    mutating func take(_ iteration: Int, time: Double) {
        let time = steady(time)
        if let last = recent.last, time < last.time - 1 { recent = [] }
        recent.append((iteration, time))
        if recent.count > 200 { recent.removeFirst(recent.count - 200) }
    }

    /// Forgets what will be computed again.
    mutating func rewind() { recent = [] }

    var iterationsPerSecond: Double {
        guard let first = recent.first, let last = recent.last, last.time > first.time else {
            return 0
        }
        return Double(last.iteration - first.iteration) / (last.time - first.time)
    }

    /// The same time by a clock that is never set, in seconds since training began: how long ago it is is right unless the
    /// other clock was set since.
    private func steady(_ time: Double) -> Double {
        (ContinuousClock.now - begun) / .seconds(1) - (Date().timeIntervalSince1970 - time)
    }
}

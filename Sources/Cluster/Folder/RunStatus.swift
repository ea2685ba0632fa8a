internal import Adversarial
internal import Foundation
package import Recipes

/// Where a run stands, as its folder tells: for machines without a screen.
package struct RunStatus: Sendable {
    package let run: Run
    /// Whether a coordinator is at work on it.
    package let isRunning: Bool
    /// The last line of `metrics.jsonl`; nil before the first.
    package let metrics: Metrics?
    /// The last line of `evaluations.jsonl`; nil where nothing was measured.
    package let evaluation: Evaluations.Line?
    /// The iterations that have a checkpoint, in their order.
    package let checkpoints: [Int]
    /// What the run waits for, or why it ended before its last iteration; nil where neither is known.
    package let obstacle: RunEvent?
    /// The folders of the stronger runs that followed a collapse.
    package let remedies: [String]

    package struct Metrics: Sendable {
        package let iteration: Int
        package let examplesPerSecond: Double
        /// Each network's measures, such as ("discriminator.loss", 0.7).
        package let measures: [(name: String, value: Double)]
    }

    /// - Parameter recipes: Those that the run may be of.
    /// - Throws: ``FolderError`` for a folder without a run.
    package init(folder: String, among recipes: [Recipe]) throws {
        run = try Run(folder: folder, among: recipes)
        isRunning = RunFolder.isInUse(folder)
        metrics = Self.last(of: "\(folder)/metrics.jsonl", Self.metrics)
        evaluation = Self.last(of: "\(folder)/evaluations.jsonl") {
            try? JSONDecoder().decode(Evaluations.Line.self, from: $0)
        }
        remedies = Remedy.allCases.indices.map { "\(folder)/remedy-\($0 + 1)" }.filter {
            FileManager.default.fileExists(atPath: "\($0)/run.yaml")
        }
        checkpoints = Checkpoint.iterations(in: folder)
        obstacle = Self.obstacle(EventLog.lines(inRun: folder).map(\.event), isRunning)
    }

    private static func obstacle(_ events: [RunEvent], _ isRunning: Bool) -> RunEvent? {
        for event in events.reversed() {
            switch event {
            case .waiting: return isRunning ? event : nil
            case .interrupted, .failed: return isRunning ? nil : event
            case .begun, .waited, .done: return nil
            default: continue
            }
        }
        return nil
    }

    /// What the last line that is whole says.
    private static func last<Line>(of path: String, _ read: (Data) -> Line?) -> Line? {
        let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n")
        for line in (lines ?? []).reversed() {
            if let found = read(Data(line.utf8)) { return found }
        }
        return nil
    }

    private static func metrics(_ line: Data) -> Metrics? {
        guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
            let iteration = object["iteration"] as? Int,
            RunSettings.iterationRange.contains(iteration)
        else { return nil }
        let speed = object["examples-per-second"] as? Double ?? 0
        let others = object.filter {
            !["iteration", "time", "examples-per-second"].contains($0.key)
        }
        return Metrics(
            iteration: iteration, examplesPerSecond: speed,
            measures: others.compactMap { name, value in
                (value as? Double).map { (name: name, value: $0) }
            }.sorted { $0.name < $1.name })
    }
}

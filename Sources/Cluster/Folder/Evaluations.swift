internal import Evaluation
internal import Foundation
internal import Recipes

/// What was measured of a run so far: `evaluations.jsonl`, a line a checkpoint.
package struct Evaluations {
    private let file: FileHandle?
    private var all: [(iteration: Int, figures: [Figure])] = []

    package struct Line: Codable, Sendable {
        package struct Value: Codable, Sendable {
            package let name: String
            /// Absent for what is no number.
            package let value: Double?
            package let real: Double?
            package let better: String
        }

        package let iteration: Int
        package let count: Int
        package let seed: UInt64
        package let extractor: String?
        /// Why the generator counts as collapsed; absent where it does not.
        package let collapse: String?
        package let figures: [Value]
    }

    /// - Parameter file: At the end of `path`, which holds nothing that will be computed again.
    init(path: String, file: FileHandle?) throws {
        self.file = file
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for line in text.split(separator: "\n") {
            guard let found = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
                throw FolderError("\(path): expected lines of figures, found '\(line.prefix(60))'")
            }
            let figures = found.figures.map {
                Figure(
                    $0.name, $0.value ?? .nan, real: $0.real ?? .nan,
                    better: Figure.Better(rawValue: $0.better) ?? .smaller)
            }
            all.append((found.iteration, figures))
        }
    }

    mutating func add(_ figures: [Figure], at iteration: Int, of evaluation: RunEvaluation) throws {
        all.append((iteration, figures))
        func number(_ value: Double) -> Double? { value.isFinite ? value : nil }
        let line = Line(
            iteration: iteration, count: evaluation.count, seed: evaluation.seed,
            extractor: evaluation.extractor?.name, collapse: verdicts.last?.reason,
            figures: figures.map {
                .init(
                    name: $0.name, value: number($0.value), real: number($0.real),
                    better: $0.better.rawValue)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try file?.write(contentsOf: try encoder.encode(line) + Data("\n".utf8))
    }

    /// What the sentinel said after each evaluation.
    var verdicts: [Sentinel.Verdict] {
        all.indices.map { Sentinel.verdict(all[...$0].map(\.figures)) }
    }

    /// The iteration of the last evaluation without a sign of collapse.
    var lastHealthy: Int? {
        all.indices.last { !Sentinel.isSuspicious(all[$0].figures) }.map { all[$0].iteration }
    }

    func verdict(_ stopping: EarlyStopping) -> (best: Int, isTimeToStop: Bool)? {
        stopping.verdict(all)
    }
}

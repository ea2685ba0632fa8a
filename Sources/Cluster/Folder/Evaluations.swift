internal import Evaluation
internal import Foundation
internal import Platform
internal import PretrainedNetworks
internal import Recipes

/// What was measured of a run so far: `evaluations.jsonl`, a line a checkpoint.
package struct Evaluations {
    private let file: LineFile
    private let firstJudged: Int
    private var all: [(iteration: Int, metrics: [Metric])] = []

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
        package let metrics: [Value]
    }

    /// - Parameters:
    ///   - path: Of a file that holds nothing that will be computed again.
    ///   - iteration: From where on metrics tell of collapse and progress: images that still grow lie far from the data,
    ///     and miss most of it, however well they are drawn.
    package init(path: String, judgedFrom iteration: Int) throws {
        file = try LineFile(path: path)
        firstJudged = iteration
        let content: Data
        do { content = try RegularFile.content(of: path) } catch {
            throw FolderError("\(path): expected a file that can be read, found \(error)")
        }
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
            guard let found = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
                throw FolderError("\(path): expected lines of metrics, found '\(line.prefix(60))'")
            }
            let metrics = found.metrics.map {
                Metric(
                    $0.name, $0.value ?? .nan, real: $0.real ?? .nan,
                    better: Metric.Better(rawValue: $0.better) ?? .smaller)
            }
            all.append((found.iteration, metrics))
        }
    }

    /// - Throws: What the file does not take; nothing is added then.
    mutating func add(_ metrics: [Metric], at iteration: Int, of evaluation: RunEvaluation) throws {
        let known = all
        all.append((iteration, metrics))
        func number(_ value: Double) -> Double? { value.isFinite ? value : nil }
        let line = Line(
            iteration: iteration, count: evaluation.count, seed: evaluation.seed,
            extractor: evaluation.extractor?.name,
            collapse: Sentinel.verdict(judged.map(\.metrics)).reason,
            metrics: metrics.map {
                .init(
                    name: $0.name, value: number($0.value), real: number($0.real),
                    better: $0.kind.better.rawValue)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { try file.append(String(decoding: try encoder.encode(line), as: UTF8.self)) } catch {
            all = known
            throw error
        }
    }

    /// What tells of collapse and progress.
    var judged: [(iteration: Int, metrics: [Metric])] {
        all.filter { $0.iteration >= firstJudged }
    }

    var lastMeasured: Int? { all.last?.iteration }

    func isMeasured(_ iteration: Int) -> Bool { all.contains { $0.iteration == iteration } }

    /// The first collapse that the sentinel calls.
    package var collapse: Collapse? {
        let judged = judged
        for place in judged.indices {
            let before = judged[...place]
            guard let reason = Sentinel.verdict(before.map(\.metrics)).reason else { continue }
            return Collapse(
                iteration: judged[place].iteration, reason: reason,
                lastHealthy: before.last { !Sentinel.isSuspicious($0.metrics) }?.iteration)
        }
        return nil
    }

    func verdict(_ stopping: EarlyStopping) -> (best: Int, isTimeToStop: Bool)? {
        stopping.verdict(judged)
    }
}

import Adversarial
import ArgumentParser
import Cluster
import Evaluation
import Foundation
import Recipes

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell where a run stands: how far, how fast, how good, whether it has collapsed.")

    @Argument(help: "The run's folder.")
    var folder: String

    func run() throws {
        try reportingErrors {
            let status = try RunStatus(folder: folder, among: Program.recipes)
            let settings = status.run.settings
            try tell("\(status.run.recipe.name), seed \(settings.seed): \(state(of: status))")
            switch status.obstacle {
            case .interrupted(let reason), .failed(let reason): try tell("last word:   \(reason)")
            case let event: if let text = event?.text { try tell("held up:     \(text)") }
            }
            if let metrics = status.metrics {
                let losses = metrics.measures.map {
                    "\($0.name) \(String(format: "%.3f", $0.value))"
                }
                try tell("losses:      \(losses.joined(separator: "  "))")
            }
            for remedy in status.remedies {
                try tell("followed by: \(remedy), after a collapse; 'swiftgan status \(remedy)'")
            }
            let newest = status.checkpoints.last.map { "the newest of iteration \($0)" }
            try tell("checkpoints: \(status.checkpoints.count)\(newest.map { ", \($0)" } ?? "")")
            guard let evaluation = status.evaluation else {
                try tell(
                    "measured:    never; --evaluate or --on-collapse does so at each checkpoint")
                return
            }
            try tell("measured:    at iteration \(evaluation.iteration), beside real examples")
            for metric in evaluation.metrics {
                let real = metric.real.map { ", real \(text($0))" } ?? ""
                try tell("  \(metric.name) \(text(metric.value))\(real)")
            }
            guard Sentinel.canJudge(by: evaluation.metrics.map(\.name)) else { return }
            try tell("collapse:    \(evaluation.collapse ?? "no sign of it")")
        }
    }

    private func state(of status: RunStatus) -> String {
        let all = status.run.settings.iterations
        guard let metrics = status.metrics else {
            return status.isRunning ? "about to begin" : "not begun"
        }
        let progress = "iteration \(metrics.iteration) of \(all)"
        if !status.isRunning {
            return metrics.iteration >= all ? "\(progress), done" : "\(progress), not running"
        }
        let left = Double((all - metrics.iteration) * status.run.settings.batchSize)
        let seconds = metrics.examplesPerSecond > 0 ? left / metrics.examplesPerSecond : 0
        return
            "\(progress), \(String(format: "%.0f", metrics.examplesPerSecond)) examples/s, \(Console.duration(seconds)) left"
    }

    private func text(_ value: Double?) -> String {
        value.map { String(format: "%.4g", $0) } ?? "no number"
    }
}

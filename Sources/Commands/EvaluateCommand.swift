import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Evaluation
import Foundation
import PretrainedNetworks
import Recipes

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a run's generator against real examples.",
        discussion: """
            Each metric stands beside that of held-out real examples in the place of samples: nothing can be expected to
            be better. Metrics compare only where extractor and counts are the same.

            Where the recipe has goals, the last line says how many of them are reached, and the exit code is 0 if all are,
            3 otherwise.
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(parsing: .unconditional, help: "The iteration of the checkpoint. (default: the newest)")
    var iteration: Int?

    @Option(help: "Folder of the data set, where it is not where its package puts it.")
    var data: String?

    @Option(
        parsing: .unconditional,
        help:
            "Samples to draw, and real examples to compare with. (default: as the recipe's metrics are stated)"
    )
    var count: Int?

    @Option(parsing: .unconditional, help: "Which samples: sample i of a seed is always the same.")
    var seed: UInt64 = 0

    @Option(
        help:
            "A file of 'train-extractor', a network that was exported as FILE.onnx, or 'random' for random convolutions. (default: what suits the recipe)"
    )
    var extractor: String?

    @Flag(
        help:
            "Train classifiers on samples and on real examples, and test both on held-out ones: for runs that draw by class."
    )
    var accuracyScore = false

    func run() throws {
        try reportingErrors {
            if let count, !(10...30_000).contains(count) {
                throw RecipeError("--count: expected 10 to 30000, found \(count)")
            }
            try requireSystem(lanes: 0)
            let opened = try OpenedRun(
                folder: folder, among: Program.recipes, iteration: iteration)
            let recipe = opened.run.recipe
            if accuracyScore {
                guard opened.run.isConditional, recipe.kind == .image else {
                    throw EvaluationError(
                        "--accuracy-score: expected a run that draws images by class, found \(recipe.name)"
                    )
                }
            }
            let evaluation = try RunEvaluation(
                of: opened.run, count: count ?? recipe.usualCount, seed: seed,
                extractor: try recipe.extractor(named: extractor, opened.run.settings), path: data,
                say: { Console().say($0) })
            var metrics = try opened.measured(by: evaluation)
            if accuracyScore, let score = try opened.accuracyScore(by: evaluation) {
                metrics.append(score)
            }
            try tell(
                "\(recipe.name), seed \(opened.run.settings.seed), iteration \(opened.iteration): \(evaluation.count) samples of seed \(seed) against \(evaluation.count) training examples; real: as many held-out ones"
            )
            for note in evaluation.notes { try tell(note) }
            if let extractor = evaluation.extractor { try tell("features: \(extractor.name)") }
            for metric in metrics {
                try tell(
                    column(metric.name)
                        + text(metric.value)
                        + (metric.real.isNaN ? "" : "   real \(text(metric.real))"))
            }
            try judge(metrics, by: recipe.goals)
        }
    }

    /// Says of each goal whether it is reached, and ends with a code of its own where one is not.
    private func judge(_ metrics: [Metric], by goals: [Goal]) throws {
        guard !goals.isEmpty else { return }
        let verdicts = goals.map { $0.verdict(metrics) }
        for (goal, verdict) in zip(goals, verdicts) {
            try tell(column(goal.description) + verdict.rawValue)
        }
        let reached = verdicts.count { $0 == .reached }
        try tell("reached \(reached) of \(goals.count)")
        guard reached == goals.count else { throw ExitCode(Self.missesGoals) }
    }

    /// The exit code of a run that does not reach its recipe's goals.
    private static let missesGoals: Int32 = 3

    private func column(_ name: String) -> String {
        name.padding(toLength: 38, withPad: " ", startingAt: 0)
    }

    private func text(_ value: Double) -> String { String(format: "%10.5f", value) }
}

extension Recipe {
    /// The extractor that was asked for, or else the usual one; nil where no metric depends on it.
    func extractor(named name: String?, _ settings: Settings) throws -> (any FeatureExtractor)? {
        guard let name else { return try usualExtractor(settings) }
        guard usesExtractor else {
            throw EvaluationError(
                "--extractor: expected none, since no metric of \(self.name) depends on features of images, found \(name)"
            )
        }
        let isExported = name.hasSuffix(".onnx")
        guard isExported || name == "random" else { return try TrainedClassifier(path: name) }
        guard let example = field(settings).imageShape else { return nil }
        return isExported
            ? try ExportedNetwork.extractor(path: name, for: example)
            : RandomConvolutions(of: example)
    }
}

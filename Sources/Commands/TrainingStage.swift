import Cluster
import Foundation
import Hashing
import PretrainedNetworks
import Recipes

/// A run, or what follows it where its generator collapsed: the same recipe, strengthened.
struct TrainingStage {
    var run: Run
    var output: String
    var isResuming: Bool
    var start: Start?
}

extension TrainingOptions {
    /// Trains; where a collapse is to be remedied, goes on with a stronger recipe in a folder `remedy-N` of the run.
    ///
    /// - Returns: The hash of the final weights, and the folder of the run that they are of.
    func trainingThroughCollapse(
        _ run: Run, measuredBy extractor: (any FeatureExtractor)?, _ console: Console,
        _ train: (TrainingStage, Watch?) throws -> Digest
    ) throws -> (digest: Digest, output: String) {
        var stage = TrainingStage(run: run, output: outputPath, isResuming: resume)
        var remedies = Remedy.allCases
        while true {
            do {
                return (try train(stage, try watch(stage.run, by: extractor)), stage.output)
            } catch let collapse as Collapse where onCollapse == .remedy {
                guard let next = try stronger(than: stage, after: collapse, &remedies, console)
                else { throw collapse }
                stage = next
            }
        }
    }

    private func stronger(
        than stage: TrainingStage, after collapse: Collapse, _ remedies: inout [Remedy],
        _ console: Console
    ) throws -> TrainingStage? {
        let (run, recipe) = (stage.run, stage.run.recipe)
        while !remedies.isEmpty {
            let remedy = remedies.removeFirst()
            guard let settings = remedy.applied(to: run.settings, of: recipe) else { continue }
            let output = "\(outputPath)/remedy-\(Remedy.allCases.count - remedies.count)"
            var next = try Run(recipe: recipe, settings: settings, manifest: run.manifest)
            let start = try collapse.lastHealthy.map {
                try Start(fromRunIn: stage.output, iteration: $0, for: next)
            }
            if let start {
                next = try Run(
                    recipe: recipe, settings: settings, manifest: run.manifest, start: start.digest)
            }
            let from =
                collapse.lastHealthy.map { "with the weights of iteration \($0)" }
                ?? "with new weights"
            console.say("\(collapse)")
            console.say("\(remedy.description(settings)): begins again \(from), in \(output)")
            let isThere = FileManager.default.fileExists(atPath: "\(output)/run.yaml")
            return TrainingStage(
                run: next, output: output, isResuming: resume && isThere, start: start)
        }
        return nil
    }
}

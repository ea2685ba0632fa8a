import Adversarial
import ArgumentParser
import Cluster
import Foundation
import Recipes

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train in this process: coordinator, servers and lanes in one.")

    @OptionGroup var options: TrainingOptions

    @Option(
        parsing: .unconditional,
        help:
            "Threads that compute: usually one for each processor that affinity and control groups leave to this process. Any number gives the same weights."
    )
    var lanes = defaultLanes

    func run() throws {
        try reportingErrors {
            try requireLanes(lanes)
            let ending = Ending.onTermination()
            let (run, dataset, extractor) = try options.resolve()
            let console = Console(batch: run.settings.batchSize)
            if lanes > run.settings.leaves {
                console.say(
                    "\(lanes - run.settings.leaves) of \(lanes) lanes will be idle: a batch has \(run.settings.leaves) microbatches"
                )
            }
            let (digest, output) = try options.trainingThroughCollapse(
                run, measuredBy: extractor, console
            ) { stage, watch in
                try OneProcess(
                    run: stage.run, dataset: dataset, lanes: lanes, output: stage.output,
                    isResuming: stage.isResuming,
                    extract: try options.extract(of: stage.run, dataset), watch: watch,
                    start: stage.start,
                    ending: ending,
                    observe: console.observe
                ).train()
            }
            console.finish(digest, output: output)
            Foundation.exit(0)
        }
    }
}

import ArgumentParser
import Cluster
import Foundation
import Recipes

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train in this process: coordinator, servers and lanes in one.")

    @OptionGroup var options: TrainingOptions

    @Option(help: "Threads that compute; any number gives the same weights.")
    var lanes = defaultLanes

    func run() throws {
        try reportingErrors {
            try requireLanes(lanes)
            let (run, dataset) = try options.resolve()
            let console = Console(batch: run.settings.batch)
            if lanes > run.settings.leaves {
                console.say(
                    "\(lanes - run.settings.leaves) of \(lanes) lanes will be idle: a batch has \(run.settings.leaves) microbatches"
                )
            }
            let process = try OneProcess(
                run: run, dataset: dataset, lanes: lanes, output: options.outputPath,
                isResuming: options.resume, watch: try options.watch(run), observe: console.observe)
            console.finish(try process.train(), output: options.outputPath)
            Foundation.exit(0)
        }
    }
}

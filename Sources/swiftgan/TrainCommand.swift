import ArgumentParser
import Cluster
import Foundation
import Recipes
import Wire

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
            let context = Context()
            let endpoint = "inproc://coordinator"
            let coordinator = try Coordinator(
                context: context, run: run,
                options: .init(
                    listen: endpoint, output: options.outputPath, isResuming: options.resume),
                observe: console.observe)
            let lanes = min(lanes, run.settings.leaves)
            let worker = Worker(
                context: context, coordinator: endpoint, lanes: lanes, say: { _ in }
            ) { _ in dataset }
            let thread = Thread {
                do { try worker.work() } catch {
                    FileHandle.standardError.write(Data("swiftgan: \(error)\n".utf8))
                    Foundation.exit(1)
                }
            }
            thread.name = "worker"
            thread.stackSize = 16 << 20
            thread.start()
            console.finish(try coordinator.lead(), output: options.outputPath)
            // The worker's thread is not waited for: there is nothing left that it could lose.
            Foundation.exit(0)
        }
    }
}

import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Foundation
import Recipes
import Wire

struct CoordinatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator", abstract: "Lead a run that workers on any hosts join.",
        discussion: """
            Data are answered for at the port after the one given; with port * the kernel
            chooses both. An address that other hosts can reach needs --keys, or
            --insecure and a network you trust. With keys, connections are encrypted and
            strangers kept out; one carries about 0.6 GB/s then: more than a link of 1
            Gbit/s does, half of one of 10.
            """)

    @OptionGroup var options: TrainingOptions

    @Option(help: "Where members say hello.")
    var listen = "tcp://127.0.0.1:5700"

    @Option(
        parsing: .unconditional,
        help:
            "Slices a network that 'swiftgan parameter-server' processes keep; 0 keeps both networks here."
    )
    var slices = 0

    @Option(parsing: .unconditional, help: "Workers without which the run waits.")
    var minWorkers = 1

    @OptionGroup var connections: ConnectionOptions

    func run() throws {
        try reportingErrors {
            guard (0...256).contains(slices) else {
                throw RecipeError("--slices: expected 0 to 256, found \(slices)")
            }
            guard (1...4096).contains(minWorkers) else {
                throw RecipeError("--min-workers: expected 1 to 4096, found \(minWorkers)")
            }
            guard options.onCollapse != .remedy else {
                throw RecipeError(
                    "--on-collapse: expected warn or stop, found remedy; 'train' and 'launch' can begin a stronger run"
                )
            }
            let ending = Ending.onTermination()
            try requireSystem(lanes: 0)
            let context = try connections.context(
                for: .coordinator, ["--listen": listen], Console())
            let (run, dataset, extractor) = try options.resolve()
            let console = Console(batch: run.settings.batchSize)
            let coordinator = try Coordinator(
                context: context, run: run,
                options: .init(
                    listen: listen, output: options.outputPath, isResuming: options.resume,
                    extract: try options.extract(of: run, dataset), slices: slices,
                    minimumWorkers: minWorkers,
                    watch: try options.watch(run, by: extractor), ending: ending),
                observe: console.observe)
            // Workers on this host share pictures that are in memory as long as this process has them.
            let digest = try withExtendedLifetime(dataset) { try coordinator.lead() }
            console.finish(digest, output: options.outputPath)
        }
    }
}

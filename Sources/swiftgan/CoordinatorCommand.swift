import ArgumentParser
import Cluster
import Foundation
import Recipes
import Wire

struct CoordinatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator", abstract: "Lead a run that workers on any hosts join.",
        discussion: """
            Data are answered for at the port after the one given; with port * the kernel chooses both. Connections are
            neither encrypted nor authenticated yet: an address that other hosts can reach needs --insecure, and a
            network you trust.
            """)

    @OptionGroup var options: TrainingOptions

    @Option(help: "Where members say hello.")
    var listen = "tcp://127.0.0.1:5700"

    @Option(
        help:
            "Slices a network that 'swiftgan parameter-server' processes keep; 0 keeps both networks here."
    )
    var slices = 0

    @Option(help: "Workers to wait for before the first step.")
    var minWorkers = 1

    @Flag(help: "Listen where other hosts can connect, though nothing is encrypted.")
    var insecure = false

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
            try requireLoopback(listen, insecure: insecure)
            let (run, _) = try options.resolve()
            let console = Console(batch: run.settings.batch)
            let coordinator = try Coordinator(
                context: Context(), run: run,
                options: .init(
                    listen: listen, output: options.outputPath, isResuming: options.resume,
                    slices: slices,
                    minimumWorkers: minWorkers, watch: try options.watch(run),
                    ending: .onTermination()),
                observe: console.observe)
            console.finish(try coordinator.lead(), output: options.outputPath)
        }
    }
}

/// Refuses an address that strangers could reach, unless that was asked for.
func requireLoopback(_ endpoint: String, insecure: Bool) throws {
    guard endpoint.isEndpoint else {
        throw RecipeError("expected an endpoint such as tcp://127.0.0.1:5700, found '\(endpoint)'")
    }
    guard insecure || endpoint.isLocalEndpoint else {
        throw RecipeError(
            "--listen \(endpoint): expected an address of this host alone, found one that others can reach; connections are not encrypted, so --insecure says that the network is trusted"
        )
    }
}

import ArgumentParser
import Cluster
import Recipes
import Wire

struct ParameterServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parameter-server",
        abstract: "Keep a network, or a slice of it, for a coordinator's run.")

    @Option(help: "The network: generator or discriminator.")
    var network: String

    @Option(help: "Which slice of how many, such as 1/2.")
    var slice = "1/1"

    @Option(help: "The coordinator's endpoint.")
    var coordinator: String

    @Option(help: "Where to answer workers; with port * the kernel chooses.")
    var listen = "tcp://127.0.0.1:*"

    @OptionGroup var connections: ConnectionOptions

    func run() throws {
        try reportingErrors {
            guard ["generator", "discriminator"].contains(network) else {
                throw RecipeError(
                    "--network: expected generator or discriminator, found '\(network)'")
            }
            let parts = slice.split(separator: "/").map { Int($0) }
            guard parts.count == 2, let index = parts[0], let count = parts[1],
                (1...256).contains(count),
                (1...count).contains(index)
            else { throw RecipeError("--slice: expected a slice such as 1/2, found '\(slice)'") }
            try requireSystem(lanes: 0)
            let console = Console()
            let context = try connections.context(
                for: .parameterServer, ["--listen": listen, "--coordinator": coordinator], console)
            console.say("keeping slice \(slice) of the \(network)")
            let end = try ParameterServer(
                context: context, coordinator: coordinator, listen: listen,
                slices: [.init(network: network, index: index - 1, count: count)],
                recipes: Program.recipes,
                ending: .onTermination(),
                say: { console.say($0) }
            ).serve()
            try console.conclude(end)
        }
    }
}

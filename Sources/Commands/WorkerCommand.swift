import ArgumentParser
import Cluster
import Recipes
import Wire

struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Compute for a coordinator's run; join and leave at any time.")

    @Option(help: "The coordinator's endpoint, such as tcp://HOST:5700.")
    var coordinator: String

    @Option(
        parsing: .unconditional,
        help:
            "Threads that compute: usually one for each processor that affinity and control groups leave to this process. Any number gives the same weights."
    )
    var lanes = defaultLanes

    @Option(help: "Folder of the data set on this host, where it is not where its package puts it.")
    var data: String?

    @Option(help: "Join a run of this recipe only.")
    var recipe: String?

    @OptionGroup var connections: ConnectionOptions

    @Flag(help: ArgumentHelp("End with the process that started this one.", visibility: .hidden))
    var endsWithParent = false

    func run() throws {
        try reportingErrors {
            try requireLanes(lanes)
            if let recipe { _ = try Program.recipes.named(recipe) }
            let console = Console()
            let context = try connections.context(
                for: .worker, ["--coordinator": coordinator], console)
            let end = try Worker(
                context: context, coordinator: coordinator, lanes: lanes,
                recipes: Program.recipes, recipe: recipe ?? "",
                endsWithParent: endsWithParent, ending: .onTermination(),
                say: { console.say($0) },
                openData: { [data] run in
                    var request = DataRequest(path: data)
                    request.say = { console.say($0) }
                    return try Run.openData(run.recipe, run.settings, request)
                }
            ).work()
            // If it ends with its parent, the parent tells.
            if !endsWithParent { try console.conclude(end) }
        }
    }
}

import ArgumentParser
import Cluster
import Foundation
import Platform
package import Recipes

/// Runs the program on some recipes, as this process's arguments say; returns where the command has done its work.
package func main(recipes: [Recipe]) {
    Program.$recipes.withValue(recipes) { Program.main() }
}

struct Program: ParsableCommand {
    /// What can be trained.
    ///
    /// The parser makes commands itself, so they cannot be handed it; what they call is.
    @TaskLocal static var recipes: [Recipe] = []

    static let configuration = CommandConfiguration(
        commandName: "swiftgan",
        abstract:
            "Trains generative adversarial networks on one machine or on a cluster, to the same bits.",
        discussion: """
            Start here:

              swiftgan recipes                      what can be trained, and on what data
              swiftgan train fashion                train on this machine, in this process
              swiftgan launch fashion --workers 2   the same as a cluster of processes on this machine
              swiftgan sample runs/fashion          draw from what was trained

            On several hosts, start these in any order, each with its copy of the keys; each waits for the others:

              swiftgan keys create keys             once; it says which host needs which file
              swiftgan coordinator fashion --listen tcp://0.0.0.0:5700 --keys keys
              swiftgan worker --coordinator tcp://HOST:5700 --keys keys

            The final weights depend on the recipe, its settings and its seed alone: not on how many workers, lanes or
            hosts computed them, nor on which of them died on the way. Each command explains itself with --help.
            """,
        version: buildName,
        subcommands: [
            TrainCommand.self, LaunchCommand.self, CoordinatorCommand.self,
            ParameterServerCommand.self,
            WorkerCommand.self, KeysCommand.self, RecipesCommand.self, StatusCommand.self,
            SampleCommand.self, InterpolateCommand.self, EnlargeCommand.self, EditCommand.self,
            TranslateCommand.self, AugmentCommand.self, EvaluateCommand.self,
            TrainExtractorCommand.self, AuditCommand.self, BenchmarkCommand.self,
        ])

    static func main() {
        StandardStream.prepare()
        do {
            try reportingErrors { try recipes.check() }
            try requireValues(CommandLine.arguments)
            var command = try parseAsRoot()
            try command.run()
        } catch { end(with: error) }
    }

    /// Refuses options with an empty value, as of a variable of a script that is not set.
    private static func requireValues(_ arguments: [String]) throws {
        for (option, value) in zip(arguments, arguments.dropFirst() + ["-"])
        where option.hasPrefix("--") && (value.isEmpty || option.hasSuffix("=")) {
            let name = option.prefix { $0 != "=" }
            throw ValidationError("\(name): expected a value, found an empty one")
        }
    }

    /// Ends with an error's code, and with what the parser has to say: help that was asked for is a result.
    private static func end(with error: any Error) -> Never {
        let (text, code) = (fullMessage(for: error), exitCode(for: error))
        if !text.isEmpty {
            if code.isSuccess {
                do { try reportingErrors { try tell(text) } } catch { exit(withError: error) }
            } else {
                StandardStream.error.say(text)
                StandardStream.error.finish()
            }
        }
        Foundation.exit(code.rawValue)
    }
}

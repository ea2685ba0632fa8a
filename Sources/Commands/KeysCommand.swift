import ArgumentParser
import Cluster
import Wire

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make the keys of a cluster on several hosts.",
        subcommands: [Create.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make new keys: a pair for each role.",
            discussion: """
                With --keys, connections over TCP are encrypted (CURVE), and a process speaks
                only to those who hold a key of the same cluster. A host needs the public keys
                (*.pub) and the secret key of its role.
                """)

        @Argument(help: "The folder to make for them.")
        var directory: String

        func run() throws {
            try reportingErrors {
                try KeyFolder(directory).create()
                let console = Console()
                console.say(
                    "keys in \(directory), which only you can read; copy to a folder on each host ('scp -p' keeps modes):"
                )
                for role in Role.allCases {
                    let files = KeyFolder.files(for: role).joined(separator: " ")
                    console.say("  hosts with a \(role.rawValue): \(files)")
                }
                console.say(
                    "start each with --keys FOLDER; who has a .key file can join as that role")
            }
        }
    }
}

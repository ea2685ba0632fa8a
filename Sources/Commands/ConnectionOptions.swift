import ArgumentParser
import Cluster
import Recipes
import Wire

/// How a process meets others of its cluster.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Encrypt TCP connections, and speak only to holders of these keys; 'swiftgan keys create' makes them.",
            valueName: "directory"))
    var keys: String?

    @Flag(
        help:
            "Use addresses beyond this host without keys: nothing is encrypted, and anybody there can join."
    )
    var insecure = false

    /// Opens the way to others, once addresses are such that strangers are kept out or were asked for.
    ///
    /// - Parameter endpoints: By the option that named them.
    func context(
        for role: Role, _ endpoints: KeyValuePairs<String, String>, _ console: Console
    ) throws -> Context {
        guard keys == nil || !insecure else {
            throw RecipeError("expected --keys or --insecure, found both: which is meant?")
        }
        for (option, endpoint) in endpoints {
            guard endpoint.isEndpoint else {
                throw RecipeError(
                    "\(option): expected an endpoint such as tcp://127.0.0.1:5700 or tcp://[::1]:5700, found '\(endpoint)'"
                )
            }
            try requirePort(of: endpoint, option, role)
            guard keys != nil || insecure || endpoint.isLocalEndpoint else {
                throw RecipeError(
                    "\(option) \(endpoint): expected an address of this host alone, found one beyond it; --keys encrypts, and --insecure says that the network is trusted"
                )
            }
        }
        return try Context(
            keys: try keys.map { try KeyFolder($0).keyring(for: role) }, say: { console.say($0) })
    }

    /// A coordinator has the next port, too, for data; who calls one has to know its port.
    private func requirePort(of endpoint: String, _ option: String, _ role: Role) throws {
        guard let text = endpoint.endpointPort else { return }
        let isCalled = option == "--coordinator"
        let isKnown = (Int(text) ?? 0) > 0
        guard role == .coordinator || isCalled, isKnown || isCalled,
            !(1...65_534).contains(Int(text) ?? 0)
        else { return }
        throw RecipeError(
            "\(option) \(endpoint): expected a port from 1 to 65534, since a coordinator answers for data at the next one, found \(text)"
        )
    }
}

internal import Wire

extension CoordinatorState {
    package struct Configuration: Sendable {
        /// Attempts that there can be: a run that is restored once a second would need decades for more.
        package static let attempts = 0..<1 << 30

        package var build: String
        /// Random, one for each start of a coordinator.
        package var session: String
        package var recipe: String
        /// Slices a network that processes of their own keep; 0 where the coordinator's process keeps both networks.
        package var slices: Int
        package var minimumWorkers: Int
        /// Where the coordinator's process answers for data.
        package var source: String
        /// What members' arithmetic must come to; nil if members need not prove it.
        package var proofs: Proofs?

        package struct Proofs: Sendable {
            /// The hash of the updates, which servers prove.
            package let updates: String
            /// The vector instructions that all workers use.
            package let instructions: String
            /// The hash of the leaves, which workers prove; nil until the first has given it.
            package var leaves: String?

            package init(updates: String, instructions: String, leaves: String?) {
                self.updates = updates
                self.instructions = instructions
                self.leaves = leaves
            }
        }

        package init(
            build: String, session: String = "", recipe: String, slices: Int,
            minimumWorkers: Int, source: String, proofs: Proofs? = nil
        ) {
            self.build = build
            self.session = session
            self.recipe = recipe
            self.slices = slices
            self.minimumWorkers = minimumWorkers
            self.source = source
            self.proofs = proofs
        }
    }
}

extension CoordinatorState {
    func turnAway(_ hello: Hello, _ peer: Peer, _ reject: Reject) -> [Action] {
        [
            .reject(peer, reject),
            .announce(
                .turnedAway(
                    host: hello.host, field: reject.field, expected: reject.expected,
                    found: reject.found)),
        ]
    }
}

// Who may join.
extension CoordinatorState.Configuration {
    /// Why a member cannot join; nil where it can.
    func objection(to hello: Hello, of shape: ClusterShape) -> Reject? {
        func reject(_ field: String, _ expected: String, _ found: String) -> Reject {
            Reject(field: field, expected: expected, found: found)
        }
        if hello.protocolVersion != protocolVersion {
            return reject("protocol", String(protocolVersion), String(hello.protocolVersion))
        }
        if hello.build != build {
            return reject("build", build, hello.build)
        }
        if !hello.recipe.isEmpty, hello.recipe != recipe {
            return reject("recipe", recipe, hello.recipe)
        }
        guard Self.attempts.contains(hello.attempt) else {
            return reject("attempt", "one that there can be", String(hello.attempt))
        }
        // In the coordinator's own process.
        let isEmbedded = hello.endpoint == source
        guard hello.lanes > 0 || isEmbedded || hello.endpoint.isEndpoint else {
            return reject("endpoint", "one such as tcp://HOST:PORT", "'\(hello.endpoint)'")
        }
        for slice in hello.slices {
            guard slice.count > 0, slice.index >= 0, slice.index < slice.count else {
                return reject("slice", "one of its count", "\(slice.index + 1)/\(slice.count)")
            }
            guard let (network, chunks) = shape.chunks(of: slice) else {
                return reject(
                    "network", shape.networks.map(\.name).joined(separator: " or "), slice.network)
            }
            guard isEmbedded || slice.count == slices else {
                let expected =
                    slices == 0
                    ? "none: the coordinator keeps the networks itself"
                    : "1/\(slices) to \(slices)/\(slices)"
                return reject("slice", expected, "\(slice.index + 1)/\(slice.count)")
            }
            if chunks.isEmpty {
                return reject(
                    "slice",
                    "at most \(shape.chunks(of: network).count) slices of the \(slice.network)",
                    "\(slice.count)")
            }
        }
        return nil
    }
}

extension CoordinatorState.Configuration.Proofs {
    /// Why a member's arithmetic is not the run's; nil where it is, or where this worker's is the first.
    func objection(to heartbeat: Heartbeat, isWorker: Bool) -> Reject? {
        if isWorker, heartbeat.instructions != instructions {
            let common =
                [instructions, heartbeat.instructions].allSatisfy { $0.contains("avx512") }
                ? "avx512" : "avx2"
            return Reject(
                field: "instructions", expected: instructions,
                found: "\(heartbeat.instructions); a run with --isa \(common) takes hosts of both")
        }
        let expected = isWorker ? leaves ?? heartbeat.proof : updates
        guard heartbeat.proof != expected else { return nil }
        return Reject(
            field: "arithmetic", expected: String(expected.prefix(12)),
            found: String(heartbeat.proof.prefix(12)))
    }
}

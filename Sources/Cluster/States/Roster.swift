internal import Wire

/// Whom a coordinator knows: workers and parameter servers, in the order they joined.
struct Roster {
    struct Member {
        var hello: Hello
        var peer: Peer
        /// Where others reach it.
        var endpoint: String
        /// In the coordinator's waking time.
        var lastHeard: Duration
        /// The attempt of a server whose chunks are all ready.
        var attempt = 0
        var step = 0
        /// The step after the last one that any of a server's chunks has taken.
        var furthest = 0
        /// The number of the newest plan it has seen.
        var plan = 0
        /// Whether its arithmetic is the run's.
        var isProven: Bool
        /// How long a leaf takes on a worker; 0 while that is unknown.
        var leafSeconds = 0.0
        var isLeaving = false
        /// Since when it asks to leave; nil while it does not.
        var asksToLeaveSince: Duration?
        /// Whether people were told that it is slow.
        var isKnownAsSlow = false
        var probedAt = Duration.zero

        /// - Parameter address: Its host as the socket sees it.
        init(_ hello: Hello, _ peer: Peer, address: String?, at now: Duration, isProven: Bool) {
            self.hello = hello
            self.peer = peer
            self.isProven = isProven
            endpoint = hello.endpoint.replacingAnyHost(by: address)
            lastHeard = now
        }

        mutating func hear(_ heartbeat: Heartbeat, from peer: Peer, at now: Duration) {
            self.peer = peer
            lastHeard = now
            attempt = heartbeat.attempt
            step = heartbeat.step
            furthest = heartbeat.furthest
            plan = heartbeat.plan
            leafSeconds = heartbeat.leafSeconds
            isLeaving = heartbeat.isLeaving
            asksToLeaveSince = heartbeat.asksToLeave ? asksToLeaveSince ?? now : nil
        }

        var isWorker: Bool { hello.lanes > 0 }

        /// Who it is, for people.
        var identity: RunEvent.Member {
            RunEvent.Member(
                role: isWorker ? .worker : .parameterServer, id: hello.member, host: hello.host)
        }
        /// That it joined, with what it brings.
        var joining: RunEvent {
            .joined(
                member: identity, lanes: hello.lanes,
                slices: hello.slices.map(RunEvent.Slice.init))
        }
    }

    private(set) var members: [Member] = []
    /// Where each stands.
    private var positions: [String: Int] = [:]
    /// Servers that offer what another keeps.
    private var spares: Set<String> = []

    subscript(name: String) -> Member? {
        get { positions[name].map { members[$0] } }
        set {
            if let newValue {
                if let position = positions[name] {
                    members[position] = newValue
                } else {
                    positions[name] = members.count
                    members.append(newValue)
                }
            } else if positions[name] != nil {
                _ = remove { $0.hello.member == name }
            }
        }
    }

    /// What a newcomer means for those who are here.
    enum Arrival {
        case joins(replacing: [Member])
        /// Another may live that has what it offers to keep.
        case standsBy(for: Member, isNews: Bool)
    }

    /// Takes in a new member.
    mutating func add(_ newcomer: Member) -> Arrival {
        let name = newcomer.hello.member
        // A server that comes again has lost its state; so has one that another replaces.
        let replaced = keepers(of: newcomer.hello.slices)
        // One that was heard just now may live: the newcomer says hello again, until it is silent.
        let living = replaced.first { newcomer.lastHeard - $0.lastHeard < Timeouts.silence / 2 }
        if let living {
            return .standsBy(for: living, isNews: spares.insert(name).inserted)
        }
        for member in replaced { self[member.hello.member] = nil }
        spares.remove(name)
        self[name] = newcomer
        return .joins(replacing: replaced)
    }

    /// Removes the members that are gone.
    ///
    /// - Returns: These.
    mutating func remove(_ isGone: (Member) -> Bool) -> [Member] {
        let gone = members.filter(isGone)
        guard !gone.isEmpty else { return [] }
        spares = []
        members.removeAll(where: isGone)
        positions = [:]
        for (position, member) in members.enumerated() {
            positions[member.hello.member] = position
        }
        return gone
    }

    /// Those whose leaves count.
    var workers: [Member] { members.filter { $0.isWorker && $0.isProven } }

    /// Servers that keep any of these slices.
    func keepers(of slices: [Hello.Slice]) -> [Member] {
        members.filter { !$0.isWorker && !Set($0.hello.slices).isDisjoint(with: slices) }
    }

    /// Servers whose chunks are all ready in an attempt.
    func ready(in attempt: Int) -> [Member] {
        members.filter { !$0.isWorker && $0.isProven && $0.attempt == attempt }
    }

    /// Who keeps which chunks.
    func chunks(of shape: ClusterShape) -> [Plan.ChunkRange] {
        members.filter { !$0.isWorker }.flatMap { member in
            member.hello.slices.compactMap { slice in
                shape.chunks(of: slice).map {
                    Plan.ChunkRange(
                        network: slice.network, chunks: $0.chunks, endpoint: member.endpoint)
                }
            }
        }
    }

    /// A text with the host beside each member that it names.
    func withHosts(_ text: String) -> String {
        members.reduce(text) { text, member in
            text.replacing(member.hello.member, with: member.identity.name)
        }
    }
}

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
        /// Whether its arithmetic is the run's.
        var isProven: Bool
        /// Of a worker: how long a leaf takes; 0 while nobody knows.
        var leafSeconds = 0.0
        var isLeaving = false

        var isWorker: Bool { hello.lanes > 0 }

        /// For people: which one, and where.
        var name: String { "\(hello.member.prefix(6)) on \(hello.host)" }
        /// With what it is before that.
        var title: String { "\(isWorker ? "worker" : "parameter server") \(name)" }
        /// What it brings: lanes, or the slices that it keeps.
        var offer: String {
            guard !isWorker else { return "\(hello.lanes) lanes" }
            return hello.slices.map {
                $0.network + ($0.count > 1 ? " \($0.index + 1)/\($0.count)" : "")
            }.joined(separator: " and ")
        }
    }

    private(set) var members: [Member] = []

    subscript(name: String) -> Member? {
        get { members.first { $0.hello.member == name } }
        set {
            let index = members.firstIndex { $0.hello.member == name }
            if let newValue {
                if let index { members[index] = newValue } else { members.append(newValue) }
            } else if let index {
                members.remove(at: index)
            }
        }
    }

    /// Removes whoever is gone.
    ///
    /// - Returns: These.
    mutating func remove(_ isGone: (Member) -> Bool) -> [Member] {
        defer { members.removeAll(where: isGone) }
        return members.filter(isGone)
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
            text.replacing(member.hello.member, with: member.name)
        }
    }
}

/// Misfortunes of a simulated cluster, at a rate of some each minute.
extension Simulation {
    mutating func misfortune() {
        switch Double.random(in: 0..<1, using: &random) {
        case ..<0.002: if let number = anyWorker { killWorker(number) }
        case ..<0.004: if workers.count < 6 { addWorker() }
        case ..<0.0045: for number in workers.keys.sorted() { killWorker(number) }
        case ..<0.0060: if let node = anyNode { freeze(node, for: ticks(50...600)) }
        case ..<0.0065: if let number = anyServer { killServer(number) }
        case ..<0.0070: killCoordinator()
        case ..<0.0090:
            if let from = anyNode, let to = anyNode {
                cut(Link(from: from, to: to), for: ticks(50...600))
            }
        case ..<0.0091: drain()
        case ..<0.0092: askAllToEnd()
        case ..<0.0096: if let node = anyNode { askToLeave(node) }
        default: return
        }
    }

    /// Lets a server compute for ten seconds or more at a stretch.
    mutating func crowd() {
        guard Double.random(in: 0..<1, using: &random) < 0.001 else { return }
        let number = servers.keys.sorted().randomElement(using: &random) ?? 0
        let until = now + ticks(1_000...1_500)
        servers[number]?.busyUntil = until
    }

    private var anyWorker: Int? {
        mutating get { workers.keys.sorted().randomElement(using: &random) }
    }

    /// A random server among those that are processes of their own.
    private var anyServer: Int? {
        mutating get { servers.keys.filter { $0 > 0 }.sorted().randomElement(using: &random) }
    }

    private var anyNode: Node? {
        mutating get {
            let nodes =
                [Node.coordinator] + servers.keys.sorted().map { .server($0) }
                + workers.keys.sorted().map { .worker($0) }
            return nodes.randomElement(using: &random)
        }
    }

    private mutating func ticks(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }
}

internal import Wire

/// What a run waits for, and since when.
struct Waiting {
    private var lack: RunEvent.Lack?
    /// In the coordinator's waking time; nil while the run waits for nothing.
    private(set) var since: Duration?

    /// Hears what the run cannot go on without; nil: nothing.
    ///
    /// - Returns: What is news of that.
    mutating func hear(_ lack: RunEvent.Lack?, now: Duration) -> [RunEvent] {
        guard lack != self.lack else { return [] }
        defer {
            self.lack = lack
            since = lack == nil ? nil : since ?? now
        }
        if let lack { return [.waiting(for: lack)] }
        guard let last = self.lack, let since else { return [] }
        return [.waited(for: last, seconds: Int((now - since) / .seconds(1)))]
    }
}

extension Roster {
    /// What a run lacks; nil while it can go on.
    func lack(of shape: ClusterShape, _ configuration: CoordinatorState.Configuration)
        -> RunEvent.Lack?
    {
        let kept = Set(members.flatMap(\.hello.slices))
        let wanted = shape.networks.flatMap { network in
            (0..<configuration.slices).map {
                Hello.Slice(network: network.name, index: $0, count: configuration.slices)
            }
        }
        let absent = wanted.filter { !kept.contains($0) }
        if !absent.isEmpty { return .slices(absent: absent.map(RunEvent.Slice.init)) }
        guard workers.count < configuration.minimumWorkers else { return nil }
        return .workers(present: workers.count, wanted: configuration.minimumWorkers)
    }
}

internal import Wire

/// Where a chunk is: which network, which part of it.
struct Place: Hashable {
    var network: Int
    var chunk: Int
}

/// Pulls that a server cannot answer yet, by the chunk that they wait for.
///
/// A chunk that changes touches its own pulls alone, however many wait for others.
struct WaitingPulls {
    struct Entry {
        var pull: Pull
        var peer: Peer
        /// When it arrived, or its sender was last told where the chunk is.
        var since: ContinuousClock.Instant
    }

    private struct Sender: Hashable {
        var peer: Peer
        var component: Component
    }

    private struct Queue {
        /// In the order of their arrival.
        var entries: [Entry] = []
        /// Where each sender's entry stands.
        var positions: [Sender: Int] = [:]
    }

    private var queues: [Place: Queue] = [:]

    /// Adds a pull; an earlier one of the same peer for the same numbers counts no more.
    mutating func add(_ entry: Entry) {
        let place = Place(network: entry.pull.network, chunk: entry.pull.chunk)
        let sender = Sender(peer: entry.peer, component: entry.pull.component)
        if let position = queues[place]?.positions[sender] {
            queues[place]?.entries[position] = entry
        } else {
            let position = queues[place]?.entries.count ?? 0
            queues[place, default: Queue()].positions[sender] = position
            queues[place]?.entries.append(entry)
        }
    }

    /// Takes out all pulls for one chunk.
    mutating func remove(at place: Place) -> [Entry] {
        queues.removeValue(forKey: place)?.entries ?? []
    }

    /// The pulls for one chunk that have waited for long enough; they begin to wait anew.
    mutating func overdue(
        at place: Place, now: ContinuousClock.Instant, after patience: Duration
    ) -> [Entry] {
        let entries = queues[place]?.entries ?? []
        let late = entries.indices.filter { now - entries[$0].since >= patience }
        for index in late { queues[place]?.entries[index].since = now }
        return late.map { entries[$0] }
    }
}

package import Tensors
package import Wire

// What a coordinator hears, and what it decides.
extension CoordinatorState {
    package enum Event {
        /// `address` is the peer's host as the socket sees it.
        case hello(Hello, from: Peer, address: String?)
        case heartbeat(Heartbeat, from: Peer)
        case chunk(Chunk, Storage)
        /// The snapshot of a step is on disk.
        case saved(step: Int)
        /// The reports of all steps below this one are on disk.
        case recorded(step: Int, attempt: Int)
        /// There is no reason to go on, though the last step is not done.
        case enough
        /// Whoever started this process wants it to end: at the next whole iteration, which is saved.
        case drain
        /// What was sent to a peer found no connection.
        case unreachable(Peer)
        case tick
    }

    package enum Action {
        case welcome(Peer)
        case reject(Peer, Reject)
        case introduce(Peer)
        case acknowledge(Acknowledge, Peer)
        /// A member that asked to leave may.
        case dismiss(Peer)
        /// Say the same to a member that has been silent, to learn whether its connection is still there.
        case probe(Acknowledge, Peer)
        case plan(Plan, Peer)
        /// To the server that keeps the chunk.
        case pull(Pull)
        /// Must be on disk before anything that follows.
        case persist(attempt: Int)
        /// From here on, servers may restore from this.
        case offer(Snapshot, attempt: Int)
        case save(Snapshot)
        /// Lines of what was computed after this snapshot count no more.
        case rewind(to: Snapshot, attempt: Int)
        case record(Heartbeat.Report, attempt: Int)
        case enrol(Hello)
        /// The first worker's leaves are what others' are compared with, from here on.
        case remember(proof: String)
        case announce(RunEvent)
        /// The run cannot go on.
        case fail(String)
        /// The run is over, and everybody knows it.
        case finish
    }
}

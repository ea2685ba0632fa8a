internal import Foundation
internal import Synchronization

/// A place between two effects, where a process may die before any other learns what was done.
///
/// Off in normal use. The environment variable `SWIFTGAN_FAILPOINT` names one, such as `chunk-pushed:3`: the process is then
/// killed, as the kernel would kill it, when it comes there for the third time.
package enum Failpoint: String, CaseIterable, Sendable {
    // The coordinator.
    /// The run has a folder, and no member can say hello yet.
    case runBegun = "run-begun"
    /// The attempt is on disk, and in no plan.
    case attemptPersisted = "attempt-persisted"
    /// A member is welcome, and has no plan.
    case memberWelcomed = "member-welcomed"
    /// A grant was given to some members, and not to others.
    case planTold = "plan-told"
    /// All of a snapshot has arrived, and nothing of it is on disk.
    case snapshotCollected = "snapshot-collected"
    /// A step is in the ledger, and not in the metrics.
    case ledgerWritten = "ledger-written"
    /// A file is whole, and has no name.
    case fileUnnamed = "file-unnamed"
    /// A checkpoint is on disk, and its hash is not.
    case checkpointUnhashed = "checkpoint-unhashed"
    /// A checkpoint counts, and the run does not know it.
    case checkpointWritten = "checkpoint-written"
    /// Members know that the run is done, and the coordinator is still there.
    case doneTold = "done-told"

    // A parameter server.
    /// Everything that it restores was fetched, and no other process knows.
    case chunksRestored = "chunks-restored"
    /// A sum is kept, or was the last and took its chunk a step further, and no other process knows.
    case pushTaken = "push-taken"
    /// Some have the new weights, and others not.
    case chunkSent = "chunk-sent"

    // A worker.
    /// Weights have arrived, and nothing is computed.
    case weightsArrived = "weights-arrived"
    /// A leaf is computed, and not sent.
    case leafComputed = "leaf-computed"
    /// Some chunks of a sum are with their servers, and others are not.
    case chunkPushed = "chunk-pushed"
    /// It has said that it leaves.
    case leaveSaid = "leave-said"

    package static let variable = "SWIFTGAN_FAILPOINT"

    private static let armed: (failpoint: Failpoint, count: Int)? = {
        guard let text = ProcessInfo.processInfo.environment[variable] else { return nil }
        let parts = text.split(separator: ":")
        guard let failpoint = parts.first.flatMap({ Failpoint(rawValue: String($0)) }),
            let count = parts.count == 1 ? 1 : Int(parts[1])
        else {
            preconditionFailure(
                "\(variable): expected a failpoint such as chunk-sent:2, found \(text)")
        }
        return (failpoint, count)
    }()
    private static let reached = Atomic(0)

    /// Dies here, if that was asked for.
    func reach() {
        guard let armed = Self.armed, armed.failpoint == self,
            Self.reached.add(1, ordering: .relaxed).newValue == armed.count
        else { return }
        kill(getpid(), SIGKILL)
        // Nothing after this line may happen; the signal takes a moment to reach all threads.
        while true { pause() }
    }
}

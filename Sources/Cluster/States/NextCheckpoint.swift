internal import Tensors
internal import Wire

/// The checkpoint after the newest: collected from those who keep its chunks, then written.
enum NextCheckpoint {
    case collecting(SnapshotAssembly, askedAt: Duration?)
    case writing(Snapshot)

    init(at step: Int, of shape: ClusterShape) {
        self = .collecting(SnapshotAssembly(step: step, shape: shape), askedAt: nil)
    }

    var isCollecting: Bool {
        if case .collecting = self { true } else { false }
    }

    /// Pulls for what is missing, where it is time to ask for it.
    ///
    /// - Parameter limit: How far the run goes: a checkpoint beyond it cannot be had.
    mutating func pulls(attempt: Int, limit: Int, now: Duration) -> [Pull] {
        guard case .collecting(let assembly, let askedAt) = self, assembly.step <= limit,
            askedAt.map({ now - $0 >= Timeouts.answer }) ?? true
        else { return [] }
        self = .collecting(assembly, askedAt: now)
        return assembly.pulls(attempt: attempt)
    }

    /// Takes a chunk in.
    ///
    /// - Returns: The snapshot to write, where this was its last chunk.
    mutating func insert(_ chunk: Chunk, _ numbers: Storage) -> Snapshot? {
        guard case .collecting(var assembly, let askedAt) = self else { return nil }
        let snapshot = assembly.insert(chunk, numbers)
        self = snapshot.map(Self.writing) ?? .collecting(assembly, askedAt: askedAt)
        return snapshot
    }

    /// The snapshot that is on disk now; nil where another was being written, or none.
    func written(at step: Int) -> Snapshot? {
        guard case .writing(let snapshot) = self, snapshot.step == step else { return nil }
        return snapshot
    }
}

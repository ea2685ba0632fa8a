// Made by scripts/check-messages --write from Protos/control.proto: change it there.
internal import CWireMessages

/// Says which members compute which leaves, and keep which chunks.
///
/// Only the attempt, the restore step and `until` affect the results; everything else is a hint.
package struct Plan: Message, Hashable {
    package static let kind = MessageKind.plan

    /// Chunks of a network that are kept in one place.
    package struct ChunkRange: Hashable, Sendable {
        package var network: String
        package var chunks: Range<Int>
        package var endpoint: String

        package init(network: String, chunks: Range<Int>, endpoint: String) {
            self.network = network
            self.chunks = chunks
            self.endpoint = endpoint
        }
    }

    package var number: Int
    package var attempt: Int
    package var restoreStep: Int
    /// The first step that may not be computed yet.
    package var until: Int
    package var leaves: [LeafRange]
    package var chunks: [ChunkRange]
    /// The address that has the state at the restore step.
    package var source: String
    package var isDone: Bool
    /// The reports of steps below this one are on disk.
    package var heard: Int
    /// Whether the run ends at step `until` because it was asked to, and can be resumed.
    package var isInterrupted: Bool

    package init(
        number: Int, attempt: Int, restoreStep: Int, until: Int, leaves: [LeafRange] = [],
        chunks: [ChunkRange] = [], source: String = "", isDone: Bool = false, heard: Int = 0,
        isInterrupted: Bool = false
    ) {
        self.number = number
        self.attempt = attempt
        self.restoreStep = restoreStep
        self.until = until
        self.leaves = leaves
        self.chunks = chunks
        self.source = source
        self.isDone = isDone
        self.heard = heard
        self.isInterrupted = isInterrupted
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__plan__unpack, Plan.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Plan {
    init(_ c: Wire__Plan) throws {
        number = try ordinal(c.number)
        attempt = Int(c.attempt)
        restoreStep = try ordinal(c.restore_step)
        until = try ordinal(c.until)
        leaves = try elements(c.leaves, c.n_leaves, LeafRange.init)
        chunks = try elements(c.chunks, c.n_chunks, ChunkRange.init)
        source = text(c.source)
        isDone = c.is_done != 0
        heard = try ordinal(c.heard)
        isInterrupted = c.is_interrupted != 0
    }

    func structure(in memory: CMemory) -> Wire__Plan {
        var c = Wire__Plan()
        wire__plan__init(&c)
        c.number = UInt64(number)
        c.attempt = UInt32(attempt)
        c.restore_step = UInt64(restoreStep)
        c.until = UInt64(until)
        c.n_leaves = leaves.count
        c.leaves = memory.structures(leaves.map { $0.structure(in: memory) })
        c.n_chunks = chunks.count
        c.chunks = memory.structures(chunks.map { $0.structure(in: memory) })
        c.source = memory.string(source)
        c.is_done = isDone ? 1 : 0
        c.heard = UInt64(heard)
        c.is_interrupted = isInterrupted ? 1 : 0
        return c
    }
}

extension Plan.ChunkRange {
    init(_ c: Wire__Plan__ChunkRange) throws {
        network = text(c.network)
        chunks = range(c.chunks_first, c.chunks_count)
        endpoint = text(c.endpoint)
    }

    func structure(in memory: CMemory) -> Wire__Plan__ChunkRange {
        var c = Wire__Plan__ChunkRange()
        wire__plan__chunk_range__init(&c)
        c.network = memory.string(network)
        c.chunks_first = UInt32(chunks.lowerBound)
        c.chunks_count = UInt32(chunks.count)
        c.endpoint = memory.string(endpoint)
        return c
    }
}

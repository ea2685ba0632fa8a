// Made by scripts/check-messages --write from Protos/data.proto: change it there.
internal import CWireMessages

/// How far a chunk is: the step that it needs next, and the leaves that it lacks for that step.
package struct ChunkStatus: Message, Hashable {
    package static let kind = MessageKind.chunkStatus

    package var run: UInt64
    package var attempt: Int
    package var network: Int
    package var chunk: Int
    /// The step that the answered Pull asked for.
    package var wanted: Int
    package var next: Int
    package var missing: [Int]

    package init(
        run: UInt64, attempt: Int, network: Int, chunk: Int, wanted: Int, next: Int, missing: [Int]
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.chunk = chunk
        self.wanted = wanted
        self.next = next
        self.missing = missing
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__chunk_status__unpack, ChunkStatus.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension ChunkStatus {
    init(_ c: Wire__ChunkStatus) throws {
        run = c.run
        attempt = Int(c.attempt)
        network = Int(c.network)
        chunk = Int(c.chunk)
        wanted = try ordinal(c.wanted)
        next = try ordinal(c.next)
        missing = integers(c.missing, c.n_missing)
    }

    func structure(in memory: CMemory) -> Wire__ChunkStatus {
        var c = Wire__ChunkStatus()
        wire__chunk_status__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.chunk = UInt32(chunk)
        c.wanted = UInt64(wanted)
        c.next = UInt64(next)
        c.n_missing = missing.count
        c.missing = memory.array(missing.map { UInt32($0) })
        return c
    }
}

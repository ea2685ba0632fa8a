// Made by scripts/check-messages --write from Protos/data.proto: change it there.
internal import CWireMessages

/// A chunk that is valid for some steps; its floats follow in a frame of their own.
package struct Chunk: Message, Hashable {
    package static let kind = MessageKind.chunk

    package var run: UInt64
    package var attempt: Int
    package var network: Int
    /// The number of the chunk among those of its network.
    package var index: Int
    package var component: Component
    package var steps: ClosedRange<Int>
    /// The CRC-32C of the floats.
    package var crc32c: UInt32

    package init(
        run: UInt64, attempt: Int, network: Int, index: Int, component: Component,
        steps: ClosedRange<Int>, crc32c: UInt32
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.index = index
        self.component = component
        self.steps = steps
        self.crc32c = crc32c
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__chunk__unpack, Chunk.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Chunk {
    init(_ c: Wire__Chunk) throws {
        run = c.run
        attempt = Int(c.attempt)
        network = Int(c.network)
        index = Int(c.index)
        component = try named(c.component.rawValue)
        steps = try closedRange(c.steps_first, c.steps_last)
        crc32c = c.crc32c
    }

    func structure(in memory: CMemory) -> Wire__Chunk {
        var c = Wire__Chunk()
        wire__chunk__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.index = UInt32(index)
        c.component = Wire__Component(rawValue: component.rawValue)
        c.steps_first = UInt64(steps.lowerBound)
        c.steps_last = UInt64(steps.upperBound)
        c.crc32c = crc32c
        return c
    }
}

// Made by scripts/check-messages --write from Protos/control.proto: change it there.
internal import CWireMessages

/// The answer to the heartbeat of a member that has the newest plan.
package struct Acknowledge: Message, Hashable {
    package static let kind = MessageKind.acknowledge

    package var attempt: Int
    /// The reports of steps below this one are on disk.
    package var heard: Int

    package init(attempt: Int, heard: Int) {
        self.attempt = attempt
        self.heard = heard
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__acknowledge__unpack, Acknowledge.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Acknowledge {
    init(_ c: Wire__Acknowledge) throws {
        attempt = Int(c.attempt)
        heard = try ordinal(c.heard)
    }

    func structure(in memory: CMemory) -> Wire__Acknowledge {
        var c = Wire__Acknowledge()
        wire__acknowledge__init(&c)
        c.attempt = UInt32(attempt)
        c.heard = UInt64(heard)
        return c
    }
}

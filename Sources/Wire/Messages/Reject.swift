// Made by scripts/check-messages --write from Protos/control.proto: change it there.
internal import CWireMessages

/// The answer to a Hello that does not fit.
package struct Reject: Message, Hashable {
    package static let kind = MessageKind.reject

    package var field: String
    package var expected: String
    package var found: String

    package init(field: String, expected: String, found: String) {
        self.field = field
        self.expected = expected
        self.found = found
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__reject__unpack, Reject.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Reject {
    init(_ c: Wire__Reject) throws {
        field = text(c.field)
        expected = text(c.expected)
        found = text(c.found)
    }

    func structure(in memory: CMemory) -> Wire__Reject {
        var c = Wire__Reject()
        wire__reject__init(&c)
        c.field = memory.string(field)
        c.expected = memory.string(expected)
        c.found = memory.string(found)
        return c
    }
}

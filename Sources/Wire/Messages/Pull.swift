// Made by scripts/check-messages --write from Protos/data.proto: change it there.
internal import CWireMessages

/// Asks for a chunk as it is valid for a step.
package struct Pull: Message, Hashable {
    package static let kind = MessageKind.pull

    package var run: UInt64
    package var attempt: Int
    package var network: Int
    package var step: Int
    package var chunk: Int
    package var component: Component

    package init(
        run: UInt64, attempt: Int, network: Int, step: Int, chunk: Int, component: Component
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.step = step
        self.chunk = chunk
        self.component = component
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__pull__unpack, Pull.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Pull {
    init(_ c: Wire__Pull) throws {
        run = c.run
        attempt = Int(c.attempt)
        network = Int(c.network)
        step = try ordinal(c.step)
        chunk = Int(c.chunk)
        component = try named(c.component.rawValue)
    }

    func structure(in memory: CMemory) -> Wire__Pull {
        var c = Wire__Pull()
        wire__pull__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.step = UInt64(step)
        c.chunk = UInt32(chunk)
        c.component = Wire__Component(rawValue: component.rawValue)
        return c
    }
}

// Made by scripts/check-messages --write from Protos/data.proto: change it there.
internal import CWireMessages

/// The sum of the leaves below a tree node, for one chunk; its floats follow in a frame of their own.
package struct Push: Message, Hashable {
    package static let kind = MessageKind.push

    package var run: UInt64
    package var attempt: Int
    package var network: Int
    package var step: Int
    package var node: TreeNode
    package var chunk: Int
    /// The CRC-32C of the floats.
    package var crc32c: UInt32
    /// The worker that computed the sum.
    package var member: String

    package init(
        run: UInt64, attempt: Int, network: Int, step: Int, node: TreeNode, chunk: Int,
        crc32c: UInt32, member: String
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.step = step
        self.node = node
        self.chunk = chunk
        self.crc32c = crc32c
        self.member = member
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__push__unpack, Push.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Push {
    init(_ c: Wire__Push) throws {
        run = c.run
        attempt = Int(c.attempt)
        network = Int(c.network)
        step = try ordinal(c.step)
        node = try element(c.node, TreeNode.init)
        chunk = Int(c.chunk)
        crc32c = c.crc32c
        member = text(c.member)
    }

    func structure(in memory: CMemory) -> Wire__Push {
        var c = Wire__Push()
        wire__push__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.step = UInt64(step)
        c.node = memory.structure(node.structure(in: memory))
        c.chunk = UInt32(chunk)
        c.crc32c = crc32c
        c.member = memory.string(member)
        return c
    }
}

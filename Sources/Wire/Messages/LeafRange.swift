// Made by scripts/check-messages --write from Protos/control.proto: change it there.
internal import CWireMessages

/// Leaves that one worker is to compute, or has computed.
package struct LeafRange: Hashable, Sendable {
    package var member: String
    package var leaves: Range<Int>

    package init(member: String, leaves: Range<Int>) {
        self.member = member
        self.leaves = leaves
    }
}

extension LeafRange {
    init(_ c: Wire__LeafRange) throws {
        member = text(c.member)
        leaves = range(c.leaves_first, c.leaves_count)
    }

    func structure(in memory: CMemory) -> Wire__LeafRange {
        var c = Wire__LeafRange()
        wire__leaf_range__init(&c)
        c.member = memory.string(member)
        c.leaves_first = UInt32(leaves.lowerBound)
        c.leaves_count = UInt32(leaves.count)
        return c
    }
}

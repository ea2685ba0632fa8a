// Made by scripts/check-messages --write from Protos/data.proto: change it there.
internal import CWireMessages

/// A node of the tree over the leaves: node (level, index) covers leaves `index << level ..< (index + 1) << level`.
package struct TreeNode: Hashable, Sendable {
    package var level: Int
    package var index: Int

    package init(level: Int, index: Int) {
        self.level = level
        self.index = index
    }
}

extension TreeNode {
    init(_ c: Wire__TreeNode) throws {
        level = Int(c.level)
        index = Int(c.index)
    }

    func structure(in memory: CMemory) -> Wire__TreeNode {
        var c = Wire__TreeNode()
        wire__tree_node__init(&c)
        c.level = UInt32(level)
        c.index = UInt32(index)
        return c
    }
}

internal import CKernels
package import Tensors
package import Wire

/// The fixed binary tree in which the leaves of a batch are added up, whichever workers computed them.
///
/// Node (level, index) covers leaves `index << level ..< (index + 1) << level`, cut off at the last leaf; where a
/// right child is missing, the left one passes through.
package struct LeafTree: Hashable, Sendable {
    package let leaves: Int

    package init(leaves: Int) {
        precondition(leaves > 0, "a batch has at least one leaf")
        self.leaves = leaves
    }

    package var top: TreeNode {
        var level = 0
        while 1 << level < leaves { level += 1 }
        return TreeNode(level: level, index: 0)
    }

    package func contains(_ node: TreeNode) -> Bool {
        node.level >= 0 && node.level <= top.level && node.index >= 0
            && node.index << node.level < leaves
    }

    package func leaves(below node: TreeNode) -> Range<Int> {
        (node.index << node.level)..<min((node.index + 1) << node.level, leaves)
    }

    /// The fewest nodes that cover exactly these leaves.
    package func maximalNodes(of wanted: Set<Int>) -> [TreeNode] {
        func nodes(below node: TreeNode) -> [TreeNode] {
            let covered = leaves(below: node)
            if covered.allSatisfy(wanted.contains) { return [node] }
            guard node.level > 0, covered.contains(where: wanted.contains) else { return [] }
            return children(of: node).flatMap { nodes(below: $0) }
        }
        return wanted.isEmpty ? [] : nodes(below: top)
    }

    /// The sum of a node's leaves, in the tree's order.
    package func sum(_ node: TreeNode, pool: StoragePool, leaf: (Int) -> Storage) -> Storage {
        if node.level == 0 { return leaf(node.index) }
        let sums = children(of: node).map { sum($0, pool: pool, leaf: leaf) }
        return sums.count == 1 ? sums[0] : added(sums[0], sums[1], pool: pool)
    }

    fileprivate func children(of node: TreeNode) -> [TreeNode] {
        [2 * node.index, 2 * node.index + 1].map { TreeNode(level: node.level - 1, index: $0) }
            .filter(contains)
    }

    fileprivate func sibling(of node: TreeNode) -> TreeNode? {
        let sibling = TreeNode(level: node.level, index: node.index ^ 1)
        return contains(sibling) ? sibling : nil
    }
}

/// What has arrived of one chunk's tree for one step: nodes that do not lie below one another.
package struct GradientTree {
    package enum Insertion: Equatable {
        /// The node was missing.
        case kept
        /// It, or one above it, is there already: a second answer has the same bits.
        case known
        /// It is there with other bits, from others: one worker's arithmetic is broken.
        case contradicted([LeafRange])
    }

    /// A node's sum, and who computed which of its leaves.
    package struct Sum {
        package let numbers: Storage
        package let leaves: [LeafRange]
    }

    private let tree: LeafTree
    private var sums: [TreeNode: Sum] = [:]

    package init(_ tree: LeafTree) { self.tree = tree }

    /// The sum of all leaves, once they are all there.
    package var root: Sum? { sums[tree.top] }

    package var missing: [Int] {
        let present = Set(sums.keys.flatMap { tree.leaves(below: $0) })
        return (0..<tree.leaves).filter { !present.contains($0) }
    }

    /// Inserts, never accumulates: nothing is counted twice.
    ///
    /// - Parameter member: Who computed the node.
    package mutating func insert(
        _ node: TreeNode, _ numbers: Storage, by member: String, pool: StoragePool
    ) -> Insertion {
        if let known = sums[node] {
            return equalBytes(known.numbers, numbers) ? .known : .contradicted(known.leaves)
        }
        for level in node.level...tree.top.level
        where sums[TreeNode(level: level, index: node.index >> (level - node.level))] != nil {
            return .known
        }
        let covered = tree.leaves(below: node)
        removeAll(below: node)
        var node = node
        var sum = Sum(numbers: numbers, leaves: [LeafRange(member: member, leaves: covered)])
        while node.level < tree.top.level {
            if let sibling = tree.sibling(of: node) {
                guard let other = sums.removeValue(forKey: sibling) else { break }
                let (left, right) = node.index % 2 == 0 ? (sum, other) : (other, sum)
                sum = Sum(
                    numbers: added(left.numbers, right.numbers, pool: pool),
                    leaves: joined(left.leaves, right.leaves))
            }
            node = TreeNode(level: node.level + 1, index: node.index / 2)
        }
        sums[node] = sum
        return .kept
    }

    /// As much work as the node has leaves, however many others there are.
    private mutating func removeAll(below node: TreeNode) {
        guard node.level > 0 else { return }
        for child in tree.children(of: node) where sums.removeValue(forKey: child) == nil {
            removeAll(below: child)
        }
    }
}

/// Ranges one after another, without a seam within a member's leaves.
private func joined(_ left: [LeafRange], _ right: [LeafRange]) -> [LeafRange] {
    guard let last = left.last, let first = right.first, last.member == first.member else {
        return left + right
    }
    let seam = LeafRange(
        member: last.member, leaves: last.leaves.lowerBound..<first.leaves.upperBound)
    return left.dropLast() + [seam] + right.dropFirst()
}

private func added(_ left: Storage, _ right: Storage, pool: StoragePool) -> Storage {
    precondition(left.count == right.count)
    let result = pool.storage(count: left.count)
    withExtendedLifetime((left, right)) {
        kernel_add(left.count, result.pointer, left.pointer, right.pointer)
    }
    return result
}

private func equalBytes(_ left: Storage, _ right: Storage) -> Bool {
    left.count == right.count && left.bytes.elementsEqual(right.bytes)
}

import Cluster
import Tensors
import Testing
import Wire

@Suite("The gradient tree")
struct GradientTreeTests {
    private let pool = StoragePool()

    private func leaf(_ number: Int) -> Storage {
        let storage = pool.storage(count: 37)
        let values = RandomSource(seed: 3).normal(37, at: .init(.data, position: number))
        storage.pointer.update(from: values, count: 37)
        return storage
    }

    @Test("Maximal nodes cover exactly the leaves they are asked for", arguments: 1...17)
    func maximalNodes(leaves: Int) {
        let tree = LeafTree(leaves: leaves)
        let random = RandomSource(seed: 1)
        for trial in 0..<40 {
            let wanted = Set(
                (0..<leaves).filter {
                    random.words(UInt32($0), at: .init(.data, position: trial))[0] % 2 == 0
                })
            let covered = tree.maximalNodes(of: wanted).flatMap { Array(tree.leaves(below: $0)) }
            #expect(covered.count == wanted.count && Set(covered) == wanted)
        }
        #expect(tree.maximalNodes(of: Set(0..<leaves)) == [tree.top])
    }

    @Test(
        "Whatever nodes arrive in whatever order, however often, the root has the same bits",
        arguments: 1...13)
    func arrivalOrder(leaves: Int) {
        let tree = LeafTree(leaves: leaves)
        let expected = tree.sum(tree.top, pool: pool, leaf: leaf).scalars
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<30 {
            var gradients = GradientTree(tree)
            var nodes = (0..<leaves).map { TreeNode(level: 0, index: $0) }
            let extra = (0..<leaves).filter { _ in Bool.random(using: &generator) }
            nodes += tree.maximalNodes(of: Set(extra))
            for node in nodes.shuffled(using: &generator) {
                let sum = tree.sum(node, pool: pool, leaf: leaf)
                let found = gradients.insert(node, sum, by: "w", pool: pool)
                #expect(found == .kept || found == .known)
            }
            #expect(gradients.missing.isEmpty)
            #expect(gradients.root?.numbers.scalars == expected)
        }
    }

    @Test("It knows which leaves are missing, and tells a different answer from a second one")
    func missing() {
        let tree = LeafTree(leaves: 5)
        var gradients = GradientTree(tree)
        #expect(gradients.missing == [0, 1, 2, 3, 4])
        func insert(_ index: Int, _ numbers: Storage, by member: String)
            -> GradientTree.Insertion
        {
            gradients.insert(.init(level: 0, index: index), numbers, by: member, pool: pool)
        }
        #expect(insert(1, leaf(1), by: "a") == .kept)
        #expect(insert(1, leaf(1), by: "b") == .known)
        #expect(
            insert(1, leaf(2), by: "b") == .contradicted([.init(member: "a", leaves: 1..<2)]))
        #expect(insert(4, leaf(4), by: "b") == .kept)
        #expect(gradients.missing == [0, 2, 3])
        #expect(gradients.root == nil)
    }
}

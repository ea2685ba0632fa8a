package import Tensors
package import Wire

/// One leaf to compute: all that its gradient depends on.
package struct LeafTask: Sendable {
    package let attempt: Int
    package let step: Int
    package let leaf: Int
    /// Each network's flat buffer, which is not written to any more.
    package let weights: [Storage]
    /// How many leaves of the step are this worker's by plan; nil where it only helps with this one.
    package let siblings: Int?
}

/// The first part of a leaf, which needs only the weights of the network that learns.
package struct LeafBeginning: Sendable {
    package let step: Int
    package let leaf: Int
    package let weights: Storage
}

/// A node's sum of one chunk, to be made just before it is sent: the server works on the chunk before meanwhile.
package struct PushTask: Sendable {
    let shape: ClusterShape
    let attempt: Int
    package let network: Int
    let step: Int
    let node: TreeNode
    package let chunk: Int
    let member: String
    /// The messages of at least all leaves below the node.
    let messages: [Int: Storage]

    package func message(pool: StoragePool) -> (Push, Storage) {
        let range = shape.range(of: chunk, in: network)
        let sum = shape.tree.sum(node, pool: pool) { leaf in
            guard let message = messages[leaf] else {
                preconditionFailure("leaf \(leaf) was not computed")
            }
            return message.view(range)
        }
        let push = Push(
            run: shape.run, attempt: attempt, network: network, step: step, node: node,
            chunk: chunk,
            crc32c: crc32c(sum.bytes), member: member)
        return (push, sum)
    }
}

/// A leaf's message, and how long it took.
package struct LeafResult: Sendable {
    package let attempt: Int
    package let step: Int
    package let leaf: Int
    package let message: Storage
    package let duration: Duration

    package init(attempt: Int, step: Int, leaf: Int, message: Storage, duration: Duration) {
        self.attempt = attempt
        self.step = step
        self.leaf = leaf
        self.message = message
        self.duration = duration
    }
}

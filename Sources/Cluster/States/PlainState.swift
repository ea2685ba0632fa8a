internal import Adversarial
package import Tensors

/// A run's numbers as one loop takes them from step to step: whole networks, no chunks, no messages.
///
/// What a cluster must come to, whatever happens to it.
package struct PlainState {
    private let shape: ClusterShape
    private let rules: [UpdateRule]
    private let pool = StoragePool()
    private var networks: [ChunkNumbers]
    private var step: Int

    package init(_ snapshot: Snapshot, shape: ClusterShape, rules: [UpdateRule]) {
        self.shape = shape
        self.rules = rules
        step = snapshot.step
        networks = snapshot.networks.compactMap { [pool] in ChunkNumbers($0)?.copied(pool: pool) }
    }

    /// Each network's flat buffer, which is not written to any more.
    package var weights: [Storage] { networks.map(\.weights) }

    /// Takes the step that the sum of all its leaves is of.
    package mutating func take(_ sum: Storage) {
        let network = shape.schedule.turn(at: step).network
        networks[network].weights = rules[network].updated(
            networks[network], range: 0..<sum.count, sum: sum,
            update: shape.schedule.updates(of: network, before: step) + 1, pool: pool)
        step += 1
    }

    /// A copy of it all.
    package var snapshot: Snapshot {
        let copies = networks.map { $0.copied(pool: pool) }
        return Snapshot(
            step: step,
            networks: zip(shape.networks, copies).map { network, numbers in
                Dictionary(
                    uniqueKeysWithValues: network.components.compactMap { component in
                        numbers[component].map { (component, $0) }
                    })
            })
    }
}

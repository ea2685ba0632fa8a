internal import Adversarial
internal import CKernels
internal import Datasets
internal import Hashing
internal import Recipes
internal import Tensors
internal import Wire

/// What a host's arithmetic makes of a run's canary.
///
/// Equal bits need equal arithmetic, and no name of a processor or a library promises it: so members prove it as they join.
enum Proof {
    /// The hash of one leaf of every network, with the weights that the run begins with.
    ///
    /// - Throws: What reading the data throws.
    static func ofLeaves(_ run: Run, _ dataset: any Dataset) throws -> Digest {
        let pool = try LanePool(lanes: 1, run: run, dataset: dataset, wakeup: Wakeup())
        defer { pool.close() }
        let weights = Snapshot.initial(of: run).networks.compactMap { $0[.weights] }
        var hash = SHA256()
        for network in run.networks.indices {
            guard let step = run.schedule.nextStep(of: network, from: 0) else { continue }
            for message in try pool.messages(of: 0..<1, at: step, weights: weights) {
                hash.update(message.bytes)
            }
        }
        return hash.finish()
    }

    /// The hash of one update of every network.
    static func ofUpdates(_ run: Run) -> Digest {
        kernel_flush_subnormals()
        let pool = StoragePool()
        var hash = SHA256()
        let rules = UpdateRule.rules(of: run)
        for (number, parts) in Snapshot.initial(of: run).networks.enumerated() {
            guard let numbers = ChunkNumbers(parts)?.copied(pool: pool) else { continue }
            let count = numbers.weights.count
            let sum = pool.storage(count: count)
            let draws = RandomSource(seed: 0).normal(count, at: .init(.latents, network: number))
            sum.pointer.update(from: draws, count: count)
            let updated = rules[number].updated(
                numbers, range: 0..<count, sum: sum, update: 1, pool: pool)
            for storage in [updated, numbers.first, numbers.second] { hash.update(storage.bytes) }
        }
        return hash.finish()
    }
}

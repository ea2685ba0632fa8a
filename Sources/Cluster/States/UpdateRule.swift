internal import Adversarial
internal import CKernels
package import NeuralNetworks
package import Recipes
package import Tensors
package import Wire

/// How a network's flat buffer changes when a step's tree is complete: the same for whichever part of it.
package struct UpdateRule: Sendable {
    private let adam: Adam
    private let average: MovingAverage?
    private let statistics = MovingAverage(decay: 0.9)
    private let weightRange: Range<Int>
    private let statisticRange: Range<Int>
    package let scalarRange: Range<Int>
    private let leaves: Int
    private let weightClip: Float?
    private let rateShare: @Sendable (_ update: Int) -> Float

    /// - Parameters:
    ///   - weightClip: The largest weight there may be; nil: any.
    ///   - rateShare: The share of the rate that an update, counted from 1, is made with.
    package init(
        _ network: Network, adam: Adam, average: MovingAverage?, leaves: Int,
        weightClip: Float? = nil,
        rateShare: @escaping @Sendable (_ update: Int) -> Float = { _ in 1 }
    ) {
        self.adam = adam
        self.weightClip = weightClip
        self.rateShare = rateShare
        self.average = average
        weightRange = network.range(of: .weight)
        statisticRange = network.range(of: .statistic)
        scalarRange = network.range(of: .scalar)
        self.leaves = leaves
    }

    package static func rules(of run: Run) -> [UpdateRule] {
        run.networks.indices.map { number in
            UpdateRule(
                run.networks[number], adam: run.optimizers[number], average: run.averages[number],
                leaves: run.settings.leaves, weightClip: run.weightClips[number],
                rateShare: { update in
                    run.rateShare(at: run.schedule.iteration(ofUpdate: update, of: number))
                })
        }
    }

    /// The chunk's numbers after update number `update`, counted from 1; moments and average change in place.
    ///
    /// - Parameters:
    ///   - range: Where in the flat buffer the chunk lies.
    ///   - sum: The sum over all leaves; it is scaled to their mean here, once.
    package func updated(
        _ state: ChunkNumbers, range: Range<Int>, sum: Storage, update: Int, pool: StoragePool
    ) -> Storage {
        let result = pool.storage(count: range.count)
        let scale = 1 / Float(leaves)
        if let part = local(weightRange, in: range) {
            var adam = adam
            adam.rate *= rateShare(update)
            adam.update(
                state.weights.view(part), into: result.view(part), first: state.first.view(part),
                second: state.second.view(part), gradient: sum.view(part), gradientScale: scale,
                update: update)
            if let weightClip { result.view(part).clip(to: weightClip) }
        }
        if let part = local(statisticRange, in: range) {
            let target = result.view(part)
            target.pointer.update(from: state.weights.view(part).pointer, count: part.count)
            statistics.update(target, towards: sum.view(part), scale: scale, update: update)
        }
        if let part = local(scalarRange, in: range) {
            kernel_scale(
                part.count, result.pointer + part.lowerBound, sum.pointer + part.lowerBound, scale)
        }
        if let average, let averaged = state.average {
            for role in [weightRange, statisticRange] {
                guard let part = local(role, in: range) else { continue }
                average.update(averaged.view(part), towards: result.view(part), update: update)
            }
        }
        return result
    }

    private func local(_ role: Range<Int>, in range: Range<Int>) -> Range<Int>? {
        let common = role.clamped(to: range)
        guard !common.isEmpty else { return nil }
        return (common.lowerBound - range.lowerBound)..<(common.upperBound - range.lowerBound)
    }
}

/// All that is kept for the numbers of one chunk.
package struct ChunkNumbers {
    package var weights: Storage
    package var first: Storage
    package var second: Storage
    package var average: Storage?

    package init?(_ parts: [Component: Storage]) {
        guard let weights = parts[.weights], let first = parts[.firstMoment],
            let second = parts[.secondMoment]
        else {
            return nil
        }
        self.weights = weights
        self.first = first
        self.second = second
        average = parts[.average]
    }

    package subscript(component: Component) -> Storage? {
        switch component {
        case .weights: weights
        case .firstMoment: first
        case .secondMoment: second
        case .average: average
        }
    }

    /// A copy that later updates do not change; weights never change in place.
    func copied(pool: StoragePool) -> ChunkNumbers {
        var copy = self
        copy.first = first.copied(pool: pool)
        copy.second = second.copied(pool: pool)
        copy.average = average?.copied(pool: pool)
        return copy
    }
}

extension Storage {
    fileprivate func clip(to limit: Float) {
        for index in 0..<count { pointer[index] = max(-limit, min(limit, pointer[index])) }
    }

    func copied(pool: StoragePool) -> Storage {
        let copy = pool.storage(count: count)
        copy.pointer.update(from: pointer, count: count)
        return copy
    }
}

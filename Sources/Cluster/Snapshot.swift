internal import Adversarial
internal import NeuralNetworks
package import Recipes
internal import Synchronization
package import Tensors
package import Wire

/// The whole state of a run at one step: what a checkpoint holds, and all that is needed to go on.
package final class Snapshot: Sendable {
    package typealias Networks = [[Component: Storage]]

    package let step: Int
    private let held: Mutex<Networks?>
    /// Makes the numbers again, where they are a function of the recipe.
    private let make: (@Sendable () -> Networks)?

    package init(step: Int, networks: Networks) {
        self.step = step
        held = Mutex(networks)
        make = nil
    }

    private init(step: Int, make: @escaping @Sendable () -> Networks) {
        self.step = step
        held = Mutex(nil)
        self.make = make
    }

    /// For each network, the flat buffer of each component.
    package var networks: Networks {
        held.withLock { held in
            let networks = held ?? make?() ?? []
            held = networks
            return networks
        }
    }

    /// Lets go of numbers that can be made again, until they are asked for.
    package func rest() {
        if make != nil { held.withLock { $0 = nil } }
    }

    /// The state before the first step: a function of the recipe and the seed.
    package static func initial(of run: Run) -> Snapshot {
        Snapshot(step: 0) {
            zip(run.networks, run.averages).enumerated().map { number, pair in
                let (network, average) = pair
                let weights = network.initialWeights(run.step.random, number: number)
                var components: [Component: Storage] = [
                    .weights: weights, .firstMoment: Storage.zeros(count: network.count),
                    .secondMoment: Storage.zeros(count: network.count),
                ]
                // Nobody writes to a snapshot: both may be the same numbers.
                if average != nil { components[.average] = weights }
                return components
            }
        }
    }

    /// One chunk of one component; nil where there is none.
    package func numbers(_ component: Component, chunk: Int, of network: Int, _ shape: ClusterShape)
        -> Storage?
    {
        let networks = networks
        guard networks.indices.contains(network), shape.chunks(of: network).contains(chunk) else {
            return nil
        }
        return networks[network][component]?.view(shape.range(of: chunk, in: network))
    }
}

/// A snapshot that arrives chunk by chunk.
struct SnapshotAssembly {
    let step: Int
    private let shape: ClusterShape
    /// Made when the first chunk arrives: until then there is nothing to hold.
    private var networks: [[Component: Storage]] = []
    private let pieces: [Piece]
    private var missing: Set<Piece>

    struct Piece: Hashable {
        var network: Int
        var chunk: Int
        var component: Component
    }

    init(step: Int, shape: ClusterShape) {
        self.step = step
        self.shape = shape
        pieces = shape.networks.indices.flatMap { network in
            shape.chunks(of: network).flatMap { chunk in
                shape.networks[network].components.map {
                    Piece(network: network, chunk: chunk, component: $0)
                }
            }
        }
        missing = Set(pieces)
    }

    /// Pulls for all that is still missing.
    func pulls(attempt: Int) -> [Pull] {
        // In an order that is the same in every process.
        pieces.filter(missing.contains).map {
            Pull(
                run: shape.run, attempt: attempt, network: $0.network, step: step, chunk: $0.chunk,
                component: $0.component)
        }
    }

    /// Takes a chunk in.
    ///
    /// - Returns: The snapshot, when this was its last chunk.
    mutating func insert(_ chunk: Chunk, _ numbers: Storage) -> Snapshot? {
        let piece = Piece(network: chunk.network, chunk: chunk.index, component: chunk.component)
        guard chunk.steps.contains(step), missing.contains(piece) else { return nil }
        let range = shape.range(of: chunk.index, in: chunk.network)
        guard numbers.count == range.count else { return nil }
        if networks.isEmpty {
            let pool = StoragePool()
            networks = shape.networks.map { network in
                Dictionary(
                    uniqueKeysWithValues: network.components.map {
                        ($0, pool.storage(count: network.count))
                    })
            }
        }
        guard let target = networks[chunk.network][chunk.component] else { return nil }
        (target.pointer + range.lowerBound).update(from: numbers.pointer, count: range.count)
        missing.remove(piece)
        return missing.isEmpty ? Snapshot(step: step, networks: networks) : nil
    }
}

package import Adversarial
package import Cluster
internal import NeuralNetworks
internal import Tensors
internal import Wire

/// Two networks of a dozen numbers, whose leaves' messages depend on the weights as real ones do, and the states that
/// one process would go through.
package final class TinyWorld: Sendable {
    package let shape: ClusterShape
    package let rules: [UpdateRule]
    package let initial: Snapshot
    package let epoch = ContinuousClock.now
    /// The state before each step.
    private let reference: [Snapshot]

    package init(
        leaves: Int, phases: [Phase], iterations: Int, checkpointEvery: Int, floatsPerChunk: Int = 5
    ) {
        let networks = [
            Self.network("discriminator", from: 4, to: 3),
            Self.network("generator", from: 5, to: 2),
        ]
        let schedule = Schedule(phases)
        let shape = ClusterShape(
            run: 99,
            networks: networks.enumerated().map { number, network in
                .init(
                    name: network.name, count: network.count,
                    components: number == 0
                        ? [.weights, .firstMoment, .secondMoment] : Component.allCases)
            }, floatsPerChunk: floatsPerChunk, leaves: leaves, schedule: schedule,
            steps: schedule.firstStep(of: iterations), checkpointEvery: checkpointEvery)
        let rules = networks.enumerated().map { number, network in
            UpdateRule(
                network, adam: Adam(rate: 0.1, beta1: 0.5, beta2: 0.9),
                average: number == 0 ? nil : MovingAverage(decay: 0.9), leaves: leaves)
        }
        let start = networks.enumerated().map { number, network in
            var components: [Component: Storage] = [
                .weights: network.initialWeights(RandomSource(seed: 1), number: number),
                .firstMoment: Storage.zeros(count: network.count),
                .secondMoment: Storage.zeros(count: network.count),
            ]
            if number == 1 {
                components[.average] = network.initialWeights(RandomSource(seed: 1), number: number)
            }
            return components
        }
        self.shape = shape
        self.rules = rules
        initial = Snapshot(step: 0, networks: start)
        reference = Self.trained(from: initial, shape, rules)
    }

    /// A single phase with this many discriminator turns in each iteration.
    package convenience init(
        leaves: Int, criticSteps: Int, iterations: Int, checkpointEvery: Int,
        floatsPerChunk: Int = 5
    ) {
        self.init(
            leaves: leaves,
            phases: [Phase(repeats: Sides(discriminator: criticSteps, generator: 1))],
            iterations: iterations, checkpointEvery: checkpointEvery, floatsPerChunk: floatsPerChunk
        )
    }

    static func network(_ name: String, from inputs: Int, to outputs: Int) -> Network {
        var tree = ParameterTree()
        _ = Linear(&tree, "only", from: inputs, to: outputs)
        _ = tree.scalar("loss")
        return Network(name, tree)
    }

    /// The coordinator of a run of this world, from its beginning or from what an earlier start left on disk.
    package func coordinator(
        session: String = "", slices: Int, minimumWorkers: Int = 1, snapshot: Snapshot? = nil,
        attempt: Int = 0, proofs: CoordinatorState.Configuration.Proofs? = nil
    ) -> CoordinatorState {
        CoordinatorState(
            shape: shape,
            configuration: .init(
                build: "b", session: session, recipe: "ring", slices: slices,
                minimumWorkers: minimumWorkers, source: "source", proofs: proofs),
            snapshot: snapshot ?? initial, attempt: attempt)
    }

    /// A message that mixes the weights of both networks with the step and the leaf.
    func message(_ task: LeafTask) -> Storage {
        Self.message(task.step, task.leaf, task.weights, shape)
    }

    func isReference(_ snapshot: Snapshot) -> Bool {
        guard reference.indices.contains(snapshot.step) else { return false }
        return zip(snapshot.networks, reference[snapshot.step].networks).allSatisfy {
            found, expected in
            expected.allSatisfy { component, numbers in
                found[component]?.bytes.elementsEqual(numbers.bytes) == true
            }
        }
    }

    /// Whether weights are those of every step for which they are said to be valid.
    func isReference(_ chunk: Chunk, _ numbers: Storage) -> Bool {
        chunk.steps.allSatisfy { step in
            guard step <= shape.steps else { return true }
            let expected = reference[step].numbers(
                .weights, chunk: chunk.index, of: chunk.network, shape)
            return expected?.bytes.elementsEqual(numbers.bytes) == true
        }
    }

    private static func message(
        _ step: Int, _ leaf: Int, _ weights: [Storage], _ shape: ClusterShape
    ) -> Storage {
        let network = shape.schedule.turn(at: step).network
        let other = weights[1 - network].scalars.reduce(0, +)
        let result = StoragePool().storage(count: shape.networks[network].count)
        for index in 0..<result.count {
            result.pointer[index] =
                weights[network].pointer[index] * (0.3 + 0.1 * Float(leaf)) + other * 0.01
                + Float((step * 7 + leaf * 3 + index) % 11) * 0.1 - 0.5
        }
        return result
    }

    /// Every state of the run, as a single loop computes them.
    private static func trained(
        from start: Snapshot, _ shape: ClusterShape, _ rules: [UpdateRule]
    ) -> [Snapshot] {
        let pool = StoragePool()
        var state = PlainState(start, shape: shape, rules: rules)
        return [start]
            + (0..<shape.steps).map { step in
                let weights = state.weights
                state.take(
                    shape.tree.sum(shape.tree.top, pool: pool) { message(step, $0, weights, shape) }
                )
                return state.snapshot
            }
    }
}

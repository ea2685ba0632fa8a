import Cluster
import Simulation
import Tensors
import Testing
import Wire

extension Plan {
    /// The plan that worker "w" starts with.
    static func first(leaves: Range<Int>, attempt: Int = 1) -> Plan {
        Plan(
            number: 1, attempt: attempt, restoreStep: 0, until: 2,
            leaves: [.init(member: "w", leaves: leaves)])
    }
}

extension WorkerState {
    /// Gives it a plan and all weights of the beginning.
    ///
    /// - Returns: What it does when it has the last of them.
    mutating func begin(_ plan: Plan, of world: TinyWorld) -> [Action] {
        var actions = receive(.plan(plan), now: world.epoch)
        for network in world.shape.networks.indices {
            for index in world.shape.chunks(of: network) {
                guard
                    let numbers = world.initial.numbers(
                        .weights, chunk: index, of: network, world.shape)
                else { continue }
                // The generator's are still valid in its own turn.
                let chunk = Chunk(
                    run: world.shape.run, attempt: plan.attempt, network: network, index: index,
                    component: .weights, steps: 0...network, crc32c: 0)
                actions = receive(.chunk(chunk, numbers), now: world.epoch)
            }
        }
        return actions
    }
}

@Suite("What a worker sends")
struct WorkerStateTests {
    private let world = TinyWorld(leaves: 2, criticSteps: 1, iterations: 1, checkpointEvery: 1)

    @Test(
        "A chunk's new weights are asked for right behind its own sums, and the next leaves begin last"
    )
    func order() {
        var worker = WorkerState(shape: world.shape, member: "w", lanes: 2)
        var actions = worker.begin(.first(leaves: 0..<2), of: world)
        let tasks = actions.compactMap { if case .compute(let task) = $0 { task } else { nil } }
        #expect(tasks.count == 2)
        for task in tasks {
            actions = worker.receive(
                .leaf(
                    LeafResult(
                        attempt: 1, step: 0, leaf: task.leaf,
                        message: Storage.zeros(count: world.shape.networks[0].count),
                        duration: .milliseconds(1))), now: world.epoch)
        }
        let sent = actions.map { action in
            switch action {
            case .push(let task): "push \(task.chunk)"
            case .pull(let pull): "pull \(pull.chunk)"
            case .begin: "begin"
            case .compute: "compute"
            }
        }
        let chunks = world.shape.chunks(of: 0)
        #expect(chunks.count > 1)
        #expect(sent == chunks.flatMap { ["push \($0)", "pull \($0)"] } + ["begin", "begin"])
    }
}

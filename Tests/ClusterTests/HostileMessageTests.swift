import Cluster
import Datasets
import Foundation
import Recipes
import Simulation
import Tensors
import Testing
import Wire

@Suite("Sound messages with absurd content")
struct HostileMessageTests {
    private let world = TinyWorld(leaves: 4, criticSteps: 1, iterations: 2, checkpointEvery: 1)

    @Test("A worker computes the leaves that there are, of however many a plan gives it")
    func tooManyLeaves() {
        var worker = WorkerState(shape: world.shape, member: "w", lanes: 1)
        let actions = worker.begin(.first(leaves: 1..<(1 << 33)), of: world)
        let leaves = actions.compactMap {
            if case .compute(let task) = $0 { task.leaf } else { nil }
        }
        #expect(leaves == [1, 2, 3])
    }

    @Test("A pull for what no network has is forgotten", arguments: [(9, 0), (0, 999)])
    func pullOfNothing(network: Int, chunk: Int) {
        var server = ParameterServerState(shape: world.shape, rules: world.rules, slices: [])
        let pull = Pull(
            run: world.shape.run, attempt: 1, network: network, step: 0, chunk: chunk,
            component: .weights)
        _ = server.receive(.plan(.first(leaves: 0..<1)), now: world.epoch)
        _ = server.receive(.pull(pull, from: Peer(name: [1])), now: world.epoch)
        // Whoever still waits is told that its attempt is over.
        _ = server.receive(.plan(.first(leaves: 0..<1, attempt: 2)), now: world.epoch)
        #expect(server.receive(.tick, now: world.epoch).isEmpty)
    }

    @Test("A report of a step that the run does not have is not recorded")
    func absurdReport() {
        var coordinator = world.coordinator(slices: 1)
        let hello = Hello(
            build: "b", member: "s", host: "h", process: 1, endpoint: "tcp://h:1",
            slices: [.init(network: "generator", index: 0, count: 1)])
        let peer = Peer(name: [1])
        _ = coordinator.receive(.hello(hello, from: peer, address: nil), now: world.epoch)
        _ = coordinator.start(now: world.epoch)
        let reports = [3, 4, 1 << 47].map {
            Heartbeat.Report(step: $0, time: 1, measures: [1], digest: 0, leaves: [])
        }
        let heartbeat = Heartbeat(member: "s", plan: 1, attempt: 1, step: 0, reports: reports)
        let actions = coordinator.receive(.heartbeat(heartbeat, from: peer), now: world.epoch)
        let recorded = actions.compactMap {
            if case .record(let report, _) = $0 { report.step } else { nil }
        }
        #expect(recorded == [3])
    }

    @Test("A checkpoint whose step ends no iteration is refused")
    func absurdStep() throws {
        let settings = Recipe.ring.defaults
        let data = try Run.openData(.ring, settings, DataRequest(path: nil))
        let run = try Run(recipe: .ring, settings: settings, manifest: data.manifest)
        let folder = "\(NSTemporaryDirectory())/swiftgan-hostile-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Checkpoint.write(
            .initial(of: run), of: run, to: RunFolder(path: folder, run: run, isResuming: false))
        let file = try Data(
            contentsOf: URL(fileURLWithPath: "\(folder)/checkpoints/00000000.safetensors"))
        func step(_ text: String) throws -> Int {
            var changed = file
            let place = try #require(file.range(of: Data("\"step\":\"0\"".utf8)))
            changed.replaceSubrange(place, with: Data("\"step\":\"\(text)\"".utf8))
            return try changed.withUnsafeBytes {
                try Checkpoint.snapshot($0, of: run, isTraining: true).step
            }
        }
        #expect(try step("0") == 0)
        #expect(try step("2") == 2)
        #expect(throws: FolderError.self) { _ = try step("3") }
        #expect(throws: FolderError.self) { _ = try step("x") }
    }
}

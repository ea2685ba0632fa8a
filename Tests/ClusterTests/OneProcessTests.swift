import Adversarial
import Cluster
import Datasets
import Foundation
import Hashing
import Recipes
import Synchronization
import Tensors
import Testing

@Suite("A run in one process")
struct OneProcessTests {
    private func train(_ dataset: some Dataset, iterations: Int = 6) throws -> Digest {
        var settings = Recipe.ring.defaults
        settings.iterations = iterations
        settings[NetworkSettings.self].width = 8
        let run = try Run(recipe: .ring, settings: settings, manifest: dataset.manifest)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "swiftgan-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try OneProcess(
            run: run, dataset: dataset, lanes: 2, output: folder.path, isResuming: false,
            observe: { _ in }
        ).train()
    }

    @Test("Data that cannot be read end the training, not the process, which can train again")
    func damagedData() throws {
        let points = GaussianMixtureExamples(.ring, random: RandomSource(seed: 1))
        let error = #expect(throws: Departure.self) {
            try train(Damaged(points: points, readable: 600), iterations: 1_000)
        }
        #expect(error?.description == "point: expected a readable file, found a damaged one")
        #expect(try train(points) == train(points))
    }

    @Test("A folder that holds another run is refused by an error")
    func otherRun() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "swiftgan-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("recipe: checkerboard\n".utf8).write(to: folder.appending(path: "run.yaml"))
        let points = GaussianMixtureExamples(.ring, random: RandomSource(seed: 1))
        let run = try Run(
            recipe: .ring, settings: Recipe.ring.defaults, manifest: points.manifest)
        let error = #expect(throws: FolderError.self) {
            _ = try OneProcess(
                run: run, dataset: points, lanes: 1, output: folder.path, isResuming: false,
                observe: { _ in })
        }
        #expect(error?.description.contains("recipe checkerboard, not ring") == true)
    }
}

/// Points of which only so many can be read.
private final class Damaged: Dataset {
    let points: GaussianMixtureExamples
    private let readable: Atomic<Int>

    var count: Int { points.count }
    var fields: [Field] { points.fields }
    var manifest: DataManifest { points.manifest }

    init(points: GaussianMixtureExamples, readable: Int) {
        self.points = points
        self.readable = Atomic(readable)
    }

    func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) throws {
        guard readable.subtract(1, ordering: .relaxed).oldValue > 0 else {
            throw DataError("point: expected a readable file, found a damaged one")
        }
        points.read(index, into: arrays)
    }
}

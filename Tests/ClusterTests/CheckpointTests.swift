import Adversarial
import Cluster
import Datasets
import Foundation
import Recipes
import Tensors
import Testing

@Suite("Checkpoints of other arithmetic")
struct CheckpointTests {
    /// Reads a checkpoint that names another arithmetic than this process's, to train on.
    private func read(_ arithmetic: String, precision: Precision) throws {
        var settings = Recipe.ring.defaults
        settings.precision = precision
        let data = try Run.openData(.ring, settings, DataRequest(path: nil))
        let run = try Run(recipe: .ring, settings: settings, manifest: data.manifest)
        let folder = "\(NSTemporaryDirectory())/swiftgan-arithmetic-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Checkpoint.write(
            .initial(of: run), of: run, to: RunFolder(path: folder, run: run, isResuming: false))
        var file = try Data(
            contentsOf: URL(fileURLWithPath: "\(folder)/checkpoints/00000000.safetensors"))
        let place = try #require(file.range(of: Data("\"\(Lane.arithmetic)\"".utf8)))
        file.replaceSubrange(place, with: Data("\"\(arithmetic)\"".utf8))
        // The header's length stands before it, in eight bytes.
        let size = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let length = UInt64(size + arithmetic.utf8.count + 2 - place.count).littleEndian
        file.replaceSubrange(0..<8, with: withUnsafeBytes(of: length) { Data($0) })
        _ = try file.withUnsafeBytes { try Checkpoint.snapshot($0, of: run, isTraining: true) }
    }

    private var plain: String {
        Lane.arithmetic.hasSuffix(" amx")
            ? String(Lane.arithmetic.dropLast(4)) : Lane.arithmetic
    }

    @Test("AMX, which multiplies bfloat16 alone, may be named or not where float32 is multiplied")
    func float32() throws {
        try read(plain, precision: .float32)
        try read("\(plain) amx", precision: .float32)
    }

    @Test("Where bfloat16 is multiplied, AMX has other bits, and is refused where it is not here")
    func bfloat16() throws {
        try read(Lane.arithmetic, precision: .bfloat16)
        let other = Lane.arithmetic == plain ? "\(plain) amx" : plain
        #expect(throws: FolderError.self) { try read(other, precision: .bfloat16) }
    }

    @Test("Other vector instructions are refused", arguments: [Precision.float32, .bfloat16])
    func others(precision: Precision) {
        #expect(throws: FolderError.self) {
            try read("oneDNN 1.0 isa 0, loops portable", precision: precision)
        }
    }
}

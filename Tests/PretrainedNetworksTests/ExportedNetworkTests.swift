import Foundation
import PretrainedNetworks
import Tensors
import Testing

/// Where EfficientNet-Lite0 is, which is too large to come with the tests.
private let efficientNetPath = ProcessInfo.processInfo.environment["SWIFTGAN_EFFICIENTNET_LITE0"]

/// The networks are those of `Networks/make-networks`; onnxruntime computed what is expected of them.
@Suite("Exported networks as extractors")
struct ExportedNetworkTests {
    private struct Expected: Decodable {
        let images: [Int]
        let features: [Float]
    }

    private func network(_ name: String, for example: Shape = [3, 4, 4]) throws -> ExportedNetwork {
        try ExportedNetwork(path: TestNetworks.path(name), for: example)
    }

    @Test(
        "Features are those that onnxruntime computes, with a tape and without",
        arguments: ["convolutions", "pools", "shapes", "lists", "resampled"], [false, true])
    func features(name: String, isRecorded: Bool) throws {
        let content = try Data(contentsOf: URL(fileURLWithPath: TestNetworks.expected))
        let expected = try #require(
            JSONDecoder().decode([String: Expected].self, from: content)[name])
        let images = TestNetworks.images(Shape(expected.images))
        let found = try network(name, for: images.shape.dropFirst()).features(
            of: isRecorded ? .variable(images) : Tensor(images))
        #expect(found.shape[0] == expected.images[0])
        #expect(found.shape.elementCount == expected.features.count)
        for (found, expected) in zip(found.value.scalars, expected.features) {
            #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected)))
        }
    }

    @Test("A network is named after its graph, or its file, and after what it does to images")
    func names() throws {
        #expect(try network("convolutions", for: [3, 9, 10]).name == "test")
        #expect(
            try network("resampled", for: [1, 7, 4]).name == "Ramps (images resampled to 9 x 5)")
        #expect(try network("beside", for: [3, 2, 2]).name == "beside")
    }

    @Test(
        "What we do not have is refused in one line",
        arguments: [
            ("operator", "Gelu 'last': expected one of the operators Add, "),
            ("domain", "expected an operator of ONNX itself, found one of elsewhere"),
            ("attribute", "expected no attribute 'speed'"), ("halves", "found float16"),
            ("elsewhere", "expected weights in the file itself"),
            ("no-size", "with fixed extents of 1 to 4096, found [0, 3, 0, 0]"),
            ("bytes", "expected images as float32, found uint8"), ("old", "found 6"),
            ("channels", "expected a network of images with 3 channels, found one of [5, 4, 4]"),
            ("mixed-images", "expected an order of 4 dimensions, 0 first"),
            ("one-shape", "expected a shape of up to 8 extents, the first for any number of"),
            ("rounded-up", "expected ceil_mode 0, found 1"),
            ("not-finite", "expected finite features"),
        ])
    func refusals(name: String, reason: String) { expectRefusal("refused/\(name)", reason) }

    @Test(
        "What cannot be is refused in one line",
        arguments: [
            ("hostile-extents", "expected up to 8 extents that fit memory"),
            ("negative-extents", "expected up to 8 extents"), ("nine-extents", "up to 8 extents"),
            ("short-weights", "expected the numbers of [2], at least one, found 4 bytes"),
            ("odd-weights", "found 5 bytes"), ("no-weights", "found 0 bytes"),
            ("circle", "expected an input 'b' that is a weight, or was computed before"),
            ("nowhere", "expected an input 'b'"), ("no-output", "expected an output 'z'"),
            ("twice", "expected an output with a name of its own, found 'y'"),
            ("other-shape", "expected a shape for [3, 4, 4]"),
            ("broadcast", "expected shapes that fit"), ("grouped", "in 2 groups"),
            ("narrow", "expected windows of [5, 1] within images"),
            ("padded", "expected four pads, each smaller than windows of [3, 3]"),
            ("dilated", "as dilations"), ("large", "at most 2^28 numbers for an image"),
        ])
    func nonsense(name: String, reason: String) { expectRefusal("refused/\(name)", reason) }

    private func expectRefusal(_ name: String, _ reason: String) {
        do {
            _ = try network(name)
            Issue.record("\(name) was not refused")
        } catch {
            let line = "\(error)"
            #expect(line.contains("\(name).onnx: ") && line.contains(reason), "\(line)")
            #expect(!line.contains { $0.isNewline })
        }
    }

    @Test("A file that is missing, cut short or damaged is refused, or read; nothing worse happens")
    func damage() throws {
        #expect(throws: PretrainedNetworkError.self) { try network("nowhere") }
        #expect(throws: PretrainedNetworkError.self) { try network("refused") }
        let path = "\(NSTemporaryDirectory())/swiftgan-network-\(UUID().uuidString).onnx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func read(_ content: Data) throws -> ExportedNetwork {
            try content.write(to: URL(fileURLWithPath: path))
            return try ExportedNetwork(path: path, for: [3, 7, 8])
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: TestNetworks.path("pools")))
        for count in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: PretrainedNetworkError.self) { try read(whole.prefix(count)) }
        }
        for place in whole.indices {
            var damaged = whole
            damaged[place] ^= UInt8(1 << (place % 8))
            do { _ = try read(damaged) } catch {
                #expect(error is PretrainedNetworkError && !"\(error)".contains { $0.isNewline })
            }
        }
    }

    @Test(
        "EfficientNet-Lite0 gives the features that others found",
        .enabled(
            if: efficientNetPath != nil,
            "SWIFTGAN_EFFICIENTNET_LITE0 names no file that scripts/efficientnet-lite0 wrote"))
    func efficientNet() throws {
        let path = try #require(efficientNetPath)
        let isSmall =
            try ExportedNetwork(path: path, for: [3, 64, 64]).name == "EfficientNet-Lite0"
        let side = isSmall ? 64 : 96
        let network = try ExportedNetwork(path: path, for: [3, side, side])
        #expect(network.name == "EfficientNet-Lite0", "expected one of --side 64 or 96")
        let images = TestNetworks.images([1, 3, side, side])
        let features = network.features(of: Tensor(images)).value.scalars
        #expect(features.count == 1280)
        let sum = features.reduce(0) { $0 + Double($1) }
        #expect(abs(sum - (isSmall ? 1057.568 : 416.978)) < 0.01, "\(sum)")
    }
}

import Datasets
import Foundation
import Tensors
import Testing

@Suite("IDX files")
struct IDXImagesTests {
    private let path = "\(NSTemporaryDirectory())/swiftgan-idx-\(UUID().uuidString)"
    private let content: [UInt8] =
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + [0, 255, 51, 0, 0, 0] + [
            1, 2, 3, 4, 5, 6,
        ]

    private func read(_ content: [UInt8]) throws -> IDXImages {
        try Data(content).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try IDXImages(path: path)
    }

    @Test("Pixels come as -1...1, one channel")
    func pixels() throws {
        let images = try read(content)
        #expect(images.count == 2 && images.fields == [.image([1, 2, 3])])
        var pixels = [Float](repeating: 9, count: 6)
        pixels.withUnsafeMutableBufferPointer { buffer in
            if let start = buffer.baseAddress { images.read(0, into: [start]) }
        }
        #expect(zip(pixels, [-1, 1, -0.6, -1, -1, -1]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("The manifest tells one flipped pixel apart")
    func manifest() throws {
        var changed = content
        changed[27] = 7
        #expect(try read(content).manifest == read(content).manifest)
        #expect(try read(content).manifest != read(changed).manifest)
    }

    @Test("What is no whole IDX file is refused, with what was expected and found")
    func refusals() throws {
        func message(_ content: [UInt8]) -> String {
            do {
                _ = try read(content)
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            message(Array(content.dropLast())).contains(
                "expected 28 bytes for images of 2 x 2 x 3, found 27"))
        #expect(
            message(Array("hello".utf8)).contains("expected an IDX header of 16 bytes, found 5"))
        var labels = content
        labels[3] = 1
        #expect(message(labels).contains("found 00000801"))
        #expect(message([0x1f, 0x8b, 8, 0, 1, 2, 3]).contains("gzip"))
        #expect(
            message(content + [0]).contains("expected 28 bytes for images of 2 x 2 x 3, found more")
        )
    }

    @Test("A header alone claims no memory", arguments: [0x40, 0xff] as [UInt8])
    func claims(byte: UInt8) {
        let header = [0, 0, 8, 3] + [UInt8](repeating: byte, count: 4) + [0, 0, 0, 1, 0, 0, 0, 2]
        let error = #expect(throws: DataError.self) { _ = try read(header) }
        #expect(error?.description.contains("expected at most 1073741824 bytes of images") == true)
        let small = [0, 0, 8, 3, 0x20, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2] as [UInt8]
        let short = #expect(throws: DataError.self) { _ = try read(small) }
        #expect(short?.description.contains("found 16;") == true)
    }
}

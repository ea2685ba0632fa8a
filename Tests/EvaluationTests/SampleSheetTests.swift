import Evaluation
import Foundation
import Pictures
import Tensors
import Testing

@Suite("Sheets of samples")
struct SampleSheetTests {
    private let path = "\(NSTemporaryDirectory())/swiftgan-sheet-\(UUID().uuidString).png"

    /// Each number as a grey image of one pixel.
    private func pixels(_ values: [Float]) -> NDArray {
        NDArray(values, shape: [values.count, 1, 1, 1])
    }

    private func sheet(_ batches: [NDArray], of count: Int, as depiction: any Depiction) throws
        -> Data
    {
        let sheet = try depiction.formats[0].together(count, path, RunFiles([:]))
        for batch in batches { try sheet.add(batch, beside: []) }
        try sheet.finish()
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    /// The PNG of grey pixels, `width` a row.
    private func png(_ pixels: [UInt8], width: Int) throws -> Data {
        var picture = Picture(width: width, height: pixels.count / width, channels: 1)
        picture.pixels = pixels
        try picture.write(to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    @Test("Samples stand in rows, two pixels apart, however they come in batches")
    func grid() throws {
        let row = { (a: UInt8, b: UInt8) in [0, 0, a, 0, 0, b, 0, 0] }
        let gap = [UInt8](repeating: 0, count: 16)
        // -1 is black, 1 white; 0 is 127.5, rounded up.
        let expected = try png(gap + row(255, 128) + gap + row(191, 0) + gap, width: 8)
        let depiction = ImageDepiction()
        #expect(try sheet([pixels([1, 0, 0.5])], of: 3, as: depiction) == expected)
        #expect(
            try sheet([pixels([1]), pixels([0, 0.5])], of: 3, as: depiction) == expected)
        // Rows of a length that was asked for, the last one not full.
        let wide = try png(
            [UInt8](repeating: 0, count: 22) + [0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0]
                + [UInt8](repeating: 0, count: 22),
            width: 11)
        #expect(try sheet([pixels([1])], of: 1, as: .image(columns: 3)) == wide)
    }

    @Test("What a sample was made of stands to its left, in its size and its colours")
    func beside() throws {
        let sample = NDArray([-1, 1, 0, -1], shape: [1, 1, 2, 2])
        let small = NDArray([0], shape: [1, 1, 1, 1])
        let large = NDArray((0..<16).map { Float($0 == 10 ? 1 : -1) }, shape: [1, 1, 4, 4])
        let sheet = try ImageDepiction(beside: ["small", "large"]).formats[0].together(
            1, path, RunFiles([:]))
        try sheet.add(sample, beside: [small, large])
        try sheet.finish()
        let found = try Data(contentsOf: URL(fileURLWithPath: path))
        let gap = [UInt8](repeating: 0, count: 20)
        let upper: [UInt8] = [0, 0, 128, 128, 0, 0, 0, 255, 0, 0]
        let lower: [UInt8] = [0, 0, 128, 128, 0, 255, 128, 0, 0, 0]
        #expect(found == (try png(gap + upper + lower + gap, width: 10)))

        // A grey picture beside one in colour.
        let colour = NDArray([1, -1, 0], shape: [1, 3, 1, 1])
        let both = try ImageDepiction(beside: ["small"]).formats[0].together(1, path, RunFiles([:]))
        try both.add(colour, beside: [small])
        try both.finish()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var expected = Picture(width: 6, height: 5, channels: 3)
        let row = (2 * 6 + 2) * 3
        expected.pixels.replaceSubrange(row..<(row + 6), with: [128, 128, 128, 255, 0, 128])
        try expected.write(to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(bytes == (try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    @Test("Points of all batches are dots of one square")
    func points() throws {
        func dots(_ values: [Float]) -> NDArray { NDArray(values, shape: [values.count / 2, 2]) }
        let both = try sheet([dots([0, 0, 0.5, 0.5])], of: 2, as: .point(reach: 1))
        let apart = try sheet([dots([0, 0]), dots([0.5, 0.5])], of: 2, as: .point(reach: 1))
        #expect(both == apart)
        var square = [UInt8](repeating: 255, count: 384 * 384)
        for (x, y) in [(192, 192), (288, 96)] {
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                square[(y + dy) * 384 + x + dx] = 0
            }
        }
        #expect(try both == png(square, width: 384))
    }

    @Test("Voices are lines of two pixels, lower pitches lower; four pixels are around them")
    func roll() throws {
        // One voice, two steps, pitches 60 to 62: 62, then silence.
        let samples = NDArray([-1, -1, 1, -1, -1, -1], shape: [1, 1, 2, 3])
        var lines = [[UInt8]](repeating: [UInt8](repeating: 200, count: 12), count: 14)
        for y in 4..<10 { for x in 4..<8 { lines[y][x] = 255 } }
        for y in 4..<6 { for x in 4..<6 { lines[y][x] = 0 } }
        let expected = try png(Array(lines.joined()), width: 12)
        #expect(try sheet([samples], of: 1, as: .roll(lowest: 60)) == expected)
        #expect(PianoRoll.rolls(samples, lowest: 60).map(\.voices) == [[[62, nil]]])
    }

    @Test("Where it cannot be written, nothing is left, and the reason is said")
    func unwritable() throws {
        let error = try #require(throws: PictureError.self) {
            try Picture(width: 1, height: 1, channels: 1).write(to: "/nowhere/a.png")
        }
        #expect("\(error)".contains("No such file or directory"))
        _ = try ImageDepiction().formats[0].together(2, path, RunFiles([:]))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: "\(path).part"))
    }
}

import CZlib
import Foundation
import Pictures
import Testing

@Suite("Animations")
struct AnimatedPNGTests {
    private func frame(_ number: Int, channels: Int) -> Picture {
        var frame = Picture(width: 5, height: 3, channels: channels)
        for at in frame.pixels.indices {
            frame.pixels[at] = UInt8(truncatingIfNeeded: at * at * 3 + number * 50)
        }
        return frame
    }

    /// The pixels of a frame's compressed rows, each of which is differences from the row above.
    private func pixels(_ data: ArraySlice<UInt8>, bytes: Int, rows: Int) throws -> [UInt8] {
        var length = uLong(1 << 16)
        var inflated = [UInt8](repeating: 0, count: Int(length))
        try #require(uncompress(&inflated, &length, Array(data), uLong(data.count)) == Z_OK)
        try #require(Int(length) == (bytes + 1) * rows)
        var above = [UInt8](repeating: 0, count: bytes)
        var pixels: [UInt8] = []
        for row in 0..<rows {
            let line = inflated[(row * (bytes + 1))..<((row + 1) * (bytes + 1))]
            try #require(line.first == 2)
            above = zip(line.dropFirst(), above).map { $0 &+ $1 }
            pixels += above
        }
        return pixels
    }

    @Test("Frames come one after the other, for ever, each as it was given", arguments: [1, 3])
    func frames(_ channels: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("clip.png")
        let frames = (0..<3).map { frame($0, channels: channels) }
        let animation = try AnimatedPNG(
            path: path, width: 5, height: 3, channels: channels, milliseconds: 40)
        for frame in frames { try animation.add(frame) }
        #expect(try folder.names == ["clip.png.part"])
        try animation.finish()
        #expect(try folder.names == ["clip.png"])

        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        let chunks = try chunks(of: file)
        #expect(
            chunks.map(\.name) == [
                "IHDR", "acTL", "sRGB", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND",
            ])
        #expect(
            chunks[0].content == [0, 0, 0, 5, 0, 0, 0, 3, 8, channels == 1 ? 0 : 2, 0, 0, 0])
        // Three frames; 0 is without end.
        #expect(chunks[1].content == [0, 0, 0, 3, 0, 0, 0, 0])
        var sequence = 0
        for (number, frame) in frames.enumerated() {
            let (control, data) = (chunks[3 + 2 * number].content, chunks[4 + 2 * number].content)
            let order = UInt8(sequence)
            #expect(
                control == [
                    0, 0, 0, order, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 3, 232,
                    0, 0,
                ])
            sequence += 1
            if number > 0 {
                #expect(data.prefix(4) == [0, 0, 0, UInt8(sequence)])
                sequence += 1
            }
            let compressed = number == 0 ? data[...] : data.dropFirst(4)
            #expect(try pixels(compressed, bytes: 5 * channels, rows: 3) == frame.pixels)
        }
        // Programs that know nothing of animations see the first frame; changing it would lose the others.
        let pixels = frames[0].pixels
        let first = try file.withUnsafeBytes { try RGBImage(decoding: $0).square(side: 3) }
        let middle = (0..<9).map { pixels[channels * ($0 / 3 * 5 + $0 % 3 + 1)] }
        #expect(Array(first.prefix(9)) == middle)
        let refusal = #expect(throws: PictureError.self) { try EditablePicture(path: path) }
        #expect(refusal?.description.hasSuffix("found an animation") == true)
    }

    @Test("An animation that is not finished leaves nothing; what cannot be made is said")
    func unfinished() throws {
        let folder = try TemporaryFolder()
        do {
            let animation = try AnimatedPNG(
                path: folder.file("a.png"), width: 5, height: 3, channels: 1, milliseconds: 40)
            try animation.add(frame(0, channels: 1))
        }
        #expect(try folder.names == [])
        #expect(throws: PictureError.self) {
            try AnimatedPNG(
                path: "/nowhere/a.png", width: 1, height: 1, channels: 1, milliseconds: 1)
        }
    }
}

internal import CZlib
internal import Foundation
internal import Platform

/// A PNG file of frames that browsers show one after the other, for ever (APNG; in PNG's third edition, 2025).
///
/// Frames go into the file as they come, and it gets its name once it is complete. Programs that know nothing of
/// animations show the first frame.
package final class AnimatedPNG {
    private let path: String
    private let unfinished: UnfinishedFile
    private let file: Int32
    private let width: Int
    private let height: Int
    private let channels: Int
    private let milliseconds: Int
    private var frames = 0
    /// Numbers the chunks of frames.
    private var sequence = 0

    /// - Parameters:
    ///   - channels: 1 for grey; 3 for red, green and blue.
    ///   - milliseconds: How long each frame is shown.
    package init(
        path: String, width: Int, height: Int, channels: Int, milliseconds: Int
    ) throws {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3))
        precondition((1...Int(UInt16.max)).contains(milliseconds))
        (self.path, self.width, self.height) = (path, width, height)
        (self.channels, self.milliseconds) = (channels, milliseconds)
        unfinished = UnfinishedFile(path)
        file = unfinished.create()
        guard file >= 0 else { throw error() }
        try write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
        let kind: UInt8 = channels == 1 ? 0 : 2
        try write(chunk("IHDR", number(width) + number(height) + [8, kind, 0, 0, 0]))
        try write(control)
        // Of the colours of screens, to be shown as photographs are.
        try write(chunk("sRGB", [0]))
    }

    /// Adds a frame of the size and the channels of all others.
    package func add(_ frame: Picture) throws {
        precondition(
            frame.width == width && frame.height == height && frame.channels == channels,
            "\(frame.width) x \(frame.height) x \(frame.channels) is not like the other frames")
        // A whole frame, at no distance, that replaces what was there; its time is a fraction of two numbers of 16 bits.
        let place = number(width) + number(height) + number(0) + number(0)
        let delay = number(milliseconds << 16 | 1_000)
        try write(chunk("fcTL", nextNumber() + place + delay + [0, 0]))
        let pixels = try compressed(frame.pixels)
        // Programs that know nothing of animations must find the first frame where pictures are.
        try write(frames == 0 ? chunk("IDAT", pixels) : chunk("fdAT", nextNumber() + pixels))
        frames += 1
    }

    /// Ends the file, which must have a frame, and gives it its name.
    package func finish() throws {
        precondition(frames > 0, "an animation needs a frame")
        try write(chunk("IEND", []))
        let control = control
        // The number of frames is known only now; its chunk follows the signature and IHDR.
        guard pwrite(file, control, control.count, 8 + 25) == control.count else { throw error() }
        try unfinished.finishPicture(path)
    }

    /// The chunk of the number of frames, and of how often they are shown: without end.
    private var control: [UInt8] { chunk("acTL", number(frames) + number(0)) }

    private func nextNumber() -> [UInt8] {
        defer { sequence += 1 }
        return number(sequence)
    }

    /// Rows as differences from those above them, which zlib can shorten better, after the number of this way.
    private func compressed(_ pixels: [UInt8]) throws -> [UInt8] {
        let bytes = width * channels
        var rows: [UInt8] = []
        rows.reserveCapacity((bytes + 1) * height)
        for row in 0..<height {
            rows.append(2)
            for at in (row * bytes)..<((row + 1) * bytes) {
                rows.append(row == 0 ? pixels[at] : pixels[at] &- pixels[at - bytes])
            }
        }
        var length = compressBound(uLong(rows.count))
        var result = [UInt8](repeating: 0, count: Int(length))
        guard compress(&result, &length, rows, uLong(rows.count)) == Z_OK else {
            throw PictureError("\(path): no memory for writing a frame")
        }
        return Array(result.prefix(Int(length)))
    }

    /// A number of 32 bits as PNG has it.
    private func number(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(value).bigEndian) { Array($0) }
    }

    private func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return number(content.count) + body + number(Int(crc32(0, body, uInt(body.count))))
    }

    private func write(_ bytes: [UInt8]) throws {
        guard bytes.withUnsafeBytes({ writeAll($0, to: file) }) else { throw error() }
    }

    private func error() -> PictureError {
        PictureError("\(path): cannot write a PNG here: \(String(cString: strerror(errno)))")
    }

    deinit { if file >= 0 { close(file) } }
}

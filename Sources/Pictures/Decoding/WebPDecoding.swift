internal import CWebP

extension RGBImage {
    init(webP bytes: UnsafeRawBufferPointer, isWanted: (Int) -> Bool)
        throws(UnreadPicture)
    {
        let file = try WebPFile(bytes)
        guard isWanted(file.width * file.height) else { throw .tooLarge }
        var pixels = try file.pixels()
        if file.channels == 4 { Self.composeOverWhite(&pixels) }
        self.init(
            width: file.width, height: file.height, pixels: pixels, orientation: file.orientation)
    }

    /// Turns red, green, blue and opacity into red, green and blue.
    ///
    /// It works in place, since the picture is large.
    private static func composeOverWhite(_ pixels: inout [UInt8]) {
        let count = pixels.count / 4
        for pixel in 0..<count {
            let opacity = Int(pixels[4 * pixel + 3])
            for channel in 0..<3 {
                let value = Int(pixels[4 * pixel + channel])
                pixels[3 * pixel + channel] = UInt8(
                    (value * opacity + 255 * (255 - opacity) + 127) / 255)
            }
        }
        pixels.removeLast(count)
    }
}

/// The bytes of a WebP file that holds one picture.
struct WebPFile {
    let width: Int
    let height: Int
    /// Red, green, blue, and opacity if there is any.
    let channels: Int
    private let bytes: UnsafeRawBufferPointer

    /// Reads the header; the bytes must outlive the result.
    init(_ bytes: UnsafeRawBufferPointer) throws(UnreadPicture) {
        self.bytes = bytes
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(start, bytes.count, &features) == VP8_STATUS_OK else {
            throw .damaged
        }
        guard features.has_animation == 0 else { throw .animated }
        (width, height) = (Int(features.width), Int(features.height))
        channels = features.has_alpha == 0 ? 3 : 4
    }

    /// The bytes `[height, width, channels]`.
    func pixels() throws(UnreadPicture) -> [UInt8] {
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        let decode = channels == 3 ? WebPDecodeRGBInto : WebPDecodeRGBAInto
        guard
            decode(start, bytes.count, &pixels, pixels.count, Int32(width * channels)) != nil
        else { throw .damaged }
        return pixels
    }

    /// What the EXIF chunk says, with or without the name that such segments have in a JPEG.
    var orientation: Orientation {
        guard let content = chunk("EXIF") else { return .upright }
        let hasName = content.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0])
        return Orientation(
            exif: hasName ? UnsafeRawBufferPointer(rebasing: content.dropFirst(6)) : content)
    }

    /// The content of the first chunk of this name; nil if there is none.
    func chunk(_ name: String) -> UnsafeRawBufferPointer? {
        var at = 12
        while at + 8 <= bytes.count {
            let length = bytes[(at + 4)..<(at + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard at + 8 + length <= bytes.count else { break }
            if bytes[at..<(at + 4)].elementsEqual(name.utf8) {
                return UnsafeRawBufferPointer(rebasing: bytes[(at + 8)..<(at + 8 + length)])
            }
            at += 8 + length + length % 2
        }
        return nil
    }
}

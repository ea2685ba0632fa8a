internal import CWebP

extension RGBImage {
    init(webP bytes: UnsafeRawBufferPointer, isWanted: (Int) -> Bool)
        throws(UnreadPicture)
    {
        let start = bytes.bindMemory(to: UInt8.self).baseAddress
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(start, bytes.count, &features) == VP8_STATUS_OK else {
            throw .damaged
        }
        guard features.has_animation == 0 else { throw .animated }
        let (width, height) = (Int(features.width), Int(features.height))
        guard isWanted(width * height) else { throw .tooLarge }
        let channels = features.has_alpha == 0 ? 3 : 4
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        let decode = channels == 3 ? WebPDecodeRGBInto : WebPDecodeRGBAInto
        guard
            decode(start, bytes.count, &pixels, pixels.count, Int32(width * channels)) != nil
        else { throw .damaged }
        if channels == 4 { Self.composeOverWhite(&pixels) }
        self.init(
            width: width, height: height, pixels: pixels,
            orientation: Self.webPOrientation(of: bytes))
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

    /// The content of the EXIF chunk, with or without the name that such segments have in a JPEG.
    private static func webPOrientation(of bytes: UnsafeRawBufferPointer) -> Orientation {
        var at = 12
        while at + 8 <= bytes.count {
            let length = bytes[(at + 4)..<(at + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard at + 8 + length <= bytes.count else { break }
            let content = bytes[(at + 8)..<(at + 8 + length)]
            if bytes[at..<(at + 4)].elementsEqual("EXIF".utf8) {
                let hasName = content.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0])
                return Orientation(
                    exif: UnsafeRawBufferPointer(rebasing: hasName ? content.dropFirst(6) : content)
                )
            }
            at += 8 + length + length % 2
        }
        return .upright
    }
}

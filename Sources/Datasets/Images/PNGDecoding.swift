internal import CPNG

extension RGBImage {
    init(png bytes: UnsafeRawBufferPointer, isWanted: (Int) -> Bool)
        throws(UnreadPicture)
    {
        var image = png_image()
        defer { png_image_free(&image) }
        guard swiftgan_png_read(bytes.baseAddress, bytes.count, &image) != 0 else {
            throw .damaged
        }
        let (width, height) = (Int(image.width), Int(image.height))
        guard isWanted(width * height) else { throw .tooLarge }
        // A byte inflates to at most 1,032 bytes, which hold eight pixels each, so a header alone cannot claim memory.
        guard width * height <= bytes.count * 1_032 * 8 else { throw .damaged }
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        guard swiftgan_png_finish(&image, &pixels) != 0 else { throw .damaged }
        self.init(
            width: width, height: height, pixels: pixels,
            orientation: Self.pngOrientation(of: bytes))
    }

    /// The content of the eXIf chunk, for which libpng's simplified interface has no function.
    private static func pngOrientation(of bytes: UnsafeRawBufferPointer) -> Orientation {
        var at = 8
        while at + 12 <= bytes.count {
            let length = bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard at + 12 + length <= bytes.count else { break }
            if bytes[(at + 4)..<(at + 8)].elementsEqual("eXIf".utf8) {
                return Orientation(
                    exif: UnsafeRawBufferPointer(rebasing: bytes[(at + 8)..<(at + 8 + length)]))
            }
            at += 12 + length
        }
        return .upright
    }
}

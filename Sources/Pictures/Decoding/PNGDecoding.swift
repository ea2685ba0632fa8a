internal import CPNG

extension RGBImage {
    init(png bytes: UnsafeRawBufferPointer, isWanted: (Int) -> Bool)
        throws(UnreadPicture)
    {
        guard let picture = swiftgan_png_shown_open(bytes.baseAddress, bytes.count) else {
            throw .damaged
        }
        defer { swiftgan_png_shown_close(picture) }
        let (width, height) = (
            swiftgan_png_shown_width(picture), swiftgan_png_shown_height(picture)
        )
        guard isWanted(width * height) else { throw .tooLarge }
        // A byte inflates to at most 1,032 bytes, which hold eight pixels each, so a header alone cannot claim memory.
        guard width * height <= bytes.count * 1_032 * 8 else { throw .damaged }
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        guard swiftgan_png_shown_read(picture, &pixels) != 0 else { throw .damaged }
        self.init(
            width: width, height: height, pixels: pixels, orientation: Orientation(png: bytes))
    }
}

extension Orientation {
    /// Reads the eXIf chunk of a PNG file.
    init(png bytes: UnsafeRawBufferPointer) {
        self = chunk("eXIf", ofPNG: bytes).map { Orientation(exif: $0) } ?? .upright
    }
}

/// The content of the first chunk of this name; nil if there is none.
func chunk(_ name: String, ofPNG bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var at = 8
    while at + 12 <= bytes.count {
        let length = bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard at + 12 + length <= bytes.count else { break }
        if bytes[(at + 4)..<(at + 8)].elementsEqual(name.utf8) {
            return UnsafeRawBufferPointer(rebasing: bytes[(at + 8)..<(at + 8 + length)])
        }
        at += 12 + length
    }
    return nil
}

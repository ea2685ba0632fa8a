internal import CJPEG

extension RGBImage {
    /// Warnings of the library count as damage, except those that leave the picture whole.
    init(jpeg bytes: UnsafeRawBufferPointer, isWanted: (Int) -> Bool)
        throws(UnreadPicture)
    {
        guard let decoder = swiftgan_jpeg_open(bytes.baseAddress, bytes.count) else {
            throw .damaged
        }
        defer { swiftgan_jpeg_close(decoder) }
        let (width, height) = (swiftgan_jpeg_width(decoder), swiftgan_jpeg_height(decoder))
        guard isWanted(width * height) else { throw .tooLarge }
        guard Self.isQuick(bytes, pixels: width * height, largest: Self.largest) else {
            throw .damaged
        }
        // The tags are read first, because the library forgets them with the last row.
        let orientation = Orientation(jpeg: decoder)
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        guard swiftgan_jpeg_read(decoder, &pixels, 3) != 0 else { throw .damaged }
        self.init(width: width, height: height, pixels: pixels, orientation: orientation)
    }

    /// Whether a JPEG's scans pass over the pixels of the largest image 16 times at most; smaller images may have more
    /// scans.
    static func isQuick(_ bytes: UnsafeRawBufferPointer, pixels: Int, largest: Int) -> Bool {
        // The marker of a scan does not occur inside compressed data.
        let scans = zip(bytes, bytes.dropFirst()).count { $0 == 0xff && $1 == 0xda }
        return pixels * scans <= largest * 16
    }
}

extension Orientation {
    /// Reads the EXIF segment of a JPEG file.
    init(jpeg decoder: OpaquePointer) {
        var count = 0
        let exif = swiftgan_jpeg_exif(decoder, &count)
        self.init(exif: UnsafeRawBufferPointer(start: exif, count: count))
    }
}

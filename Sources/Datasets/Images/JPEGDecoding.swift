internal import CJPEG

extension RGBImage {
    /// How often a JPEG's scans may pass over the pixels of the largest image; smaller images may have more scans.
    private static let mostScans = 16

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
        guard width * height * Self.scans(in: bytes) <= Self.largest * Self.mostScans else {
            throw .damaged
        }
        var count = 0
        let exif = swiftgan_jpeg_exif(decoder, &count)
        // The tags are read first, because the library forgets them with the last row.
        let orientation = Orientation(exif: UnsafeRawBufferPointer(start: exif, count: count))
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        guard swiftgan_jpeg_read(decoder, &pixels) != 0 else { throw .damaged }
        self.init(width: width, height: height, pixels: pixels, orientation: orientation)
    }

    /// The most scans that a JPEG file can have; their marker does not occur inside compressed data.
    private static func scans(in bytes: UnsafeRawBufferPointer) -> Int {
        zip(bytes, bytes.dropFirst()).count { $0 == 0xff && $1 == 0xda }
    }
}

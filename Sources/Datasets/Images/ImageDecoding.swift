internal import CPNG
internal import CTurboJPEG

/// Red, green and blue bytes in row order.
package struct RGBImage: Sendable {
    /// Pixels that an image may have, those of any camera: 192 MiB, and for a progressive JPEG 512 more while it is decoded.
    package static let largest = 1 << 26
    /// How often the pixels of the largest image may be gone over by a JPEG's scans: smaller ones may have more.
    private static let mostScans = 16

    let width: Int
    let height: Int
    let pixels: [UInt8]

    /// Decodes a PNG or JPEG file's bytes; nil for what is neither, damaged, or of more than `largest` pixels.
    ///
    /// Where pixels are transparent, white shows.
    package init?(decoding bytes: UnsafeRawBufferPointer, largest: Int = Self.largest) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            self.init(png: bytes, largest: largest)
        } else if bytes.starts(with: [0xff, 0xd8]) {
            self.init(jpeg: bytes, largest: largest)
        } else {
            return nil
        }
    }

    private init?(png bytes: UnsafeRawBufferPointer, largest: Int) {
        var image = png_image()
        defer { png_image_free(&image) }
        guard swiftgan_png_read(bytes.baseAddress, bytes.count, &image) != 0 else { return nil }
        (width, height) = (Int(image.width), Int(image.height))
        // A byte inflates to at most 1,032, and those hold eight pixels each: a header alone claims no memory.
        guard width * height <= min(largest, bytes.count * 1_032 * 8) else { return nil }
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        guard swiftgan_png_finish(&image, &pixels) != 0 else { return nil }
        self.pixels = pixels
    }

    private init?(jpeg bytes: UnsafeRawBufferPointer, largest: Int) {
        guard let decoder = tjInitDecompress() else { return nil }
        defer { tjDestroy(decoder) }
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return nil }
        var (width, height, sampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let size = UInt(bytes.count)
        guard tjDecompressHeader3(decoder, start, size, &width, &height, &sampling, &space) == 0,
            width > 0, height > 0, Int(width) * Int(height) <= largest,
            Int(width) * Int(height) * Self.scans(in: bytes) <= Self.largest * Self.mostScans
        else { return nil }
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
        // A warning, such as of a file that ends early, counts as damage.
        guard
            tjDecompress2(
                decoder, start, size, &pixels, width, 0, height, Int32(TJPF_RGB.rawValue),
                Int32(TJFLAG_STOPONWARNING)) == 0
        else { return nil }
        (self.width, self.height, self.pixels) = (Int(width), Int(height), pixels)
    }

    /// How many scans a JPEG file has, at most: their marker stands nowhere in what they compress.
    private static func scans(in bytes: UnsafeRawBufferPointer) -> Int {
        zip(bytes, bytes.dropFirst()).count { $0 == 0xff && $1 == 0xda }
    }

    /// The largest square in the middle, brought to `side` pixels a side: the mean of what each new pixel covers.
    ///
    /// - Returns: `[3, side, side]` in row order.
    package func square(side: Int) -> [UInt8] {
        let extent = min(width, height)
        let (left, top) = ((width - extent) / 2, (height - extent) / 2)
        var result = [UInt8](repeating: 0, count: 3 * side * side)
        // Covered pixels, and how much of each, in units of 1 / side.
        let spans = (0..<side).map { place -> [(pixel: Int, share: Int)] in
            let (start, end) = (place * extent, (place + 1) * extent)
            return (start / side..<(end + side - 1) / side).map { pixel in
                (pixel, min(end, (pixel + 1) * side) - max(start, pixel * side))
            }
        }
        for row in 0..<side {
            for column in 0..<side {
                var sums = (0, 0, 0)
                for (y, height) in spans[row] {
                    for (x, width) in spans[column] {
                        let at = ((top + y) * self.width + left + x) * 3
                        let share = height * width
                        sums.0 += share * Int(pixels[at])
                        sums.1 += share * Int(pixels[at + 1])
                        sums.2 += share * Int(pixels[at + 2])
                    }
                }
                let (area, at) = (extent * extent, row * side + column)
                result[at] = UInt8((sums.0 + area / 2) / area)
                result[side * side + at] = UInt8((sums.1 + area / 2) / area)
                result[2 * side * side + at] = UInt8((sums.2 + area / 2) / area)
            }
        }
        return result
    }
}

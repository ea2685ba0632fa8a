internal import CPNG
internal import CTurboJPEG

/// Red, green and blue bytes in row order.
struct RGBImage: Sendable {
    /// Pixels that an image may have at most: what a stranger's file can make us hold.
    static let largest = 1 << 26

    let width: Int
    let height: Int
    let pixels: [UInt8]

    /// Decodes a PNG or JPEG file's bytes; nil for what is neither, or damaged.
    ///
    /// Where pixels are transparent, white shows.
    init?(decoding bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            self.init(png: bytes)
        } else if bytes.starts(with: [0xff, 0xd8]) {
            self.init(jpeg: bytes)
        } else {
            return nil
        }
    }

    private init?(png bytes: UnsafeRawBufferPointer) {
        var image = png_image()
        defer { png_image_free(&image) }
        guard swiftgan_png_read(bytes.baseAddress, bytes.count, &image) != 0 else { return nil }
        (width, height) = (Int(image.width), Int(image.height))
        guard width * height <= Self.largest else { return nil }
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        guard swiftgan_png_finish(&image, &pixels) != 0 else { return nil }
        self.pixels = pixels
    }

    private init?(jpeg bytes: UnsafeRawBufferPointer) {
        guard let decoder = tjInitDecompress() else { return nil }
        defer { tjDestroy(decoder) }
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return nil }
        var (width, height, sampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let size = UInt(bytes.count)
        guard tjDecompressHeader3(decoder, start, size, &width, &height, &sampling, &space) == 0,
            width > 0, height > 0, Int(width) * Int(height) <= Self.largest
        else { return nil }
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
        // A warning, such as of a file that ends early, counts as damage.
        guard
            tjDecompress2(
                decoder, start, size, &pixels, width, 0, height, Int32(TJPF_RGB.rawValue), 0) == 0
        else { return nil }
        (self.width, self.height, self.pixels) = (Int(width), Int(height), pixels)
    }

    /// The largest square in the middle, brought to `side` pixels a side: the mean of what each new pixel covers.
    ///
    /// - Returns: `[3, side, side]` in row order.
    func square(side: Int) -> [UInt8] {
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

/// The red, green and blue bytes of a picture, in the orientation in which it should be seen.
package struct RGBImage: Sendable {
    /// The most pixels that an image may have, enough for any camera: 192 MiB, and for a progressive JPEG 512 MiB more
    /// during decoding.
    package static let largest = 1 << 26

    private let pixels: [UInt8]
    private let order: PixelOrder

    /// - Parameters:
    ///   - pixels: The bytes `[height, width, 3]` in row order, as a file holds them.
    ///   - orientation: How the picture is to be turned.
    init(width: Int, height: Int, pixels: [UInt8], orientation: Orientation) {
        precondition(pixels.count == 3 * width * height)
        self.pixels = pixels
        order = PixelOrder(width: width, height: height, channels: 3, orientation: orientation)
    }

    /// Decodes the bytes of a PNG, JPEG or WebP file, and turns the picture as its EXIF tags say.
    ///
    /// Transparent pixels show white.
    ///
    /// - Parameter isWanted: Is told the number of pixels before memory is taken for them, and says whether they may be
    ///   decoded.
    package init(
        decoding bytes: UnsafeRawBufferPointer,
        isWanted: (_ pixels: Int) -> Bool = { $0 <= Self.largest }
    ) throws(UnreadPicture) {
        switch try PictureKind(of: bytes) {
        case .png: try self.init(png: bytes, isWanted: isWanted)
        case .jpeg: try self.init(jpeg: bytes, isWanted: isWanted)
        case .webP: try self.init(webP: bytes, isWanted: isWanted)
        }
    }

    /// The largest square in the middle, brought to `side` pixels a side; each new pixel is the mean of what it covers.
    ///
    /// - Returns: The bytes `[3, side, side]` in row order.
    package func square(side: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 3 * side * side) { buffer, count in
            writeSquare(side: side, to: UnsafeMutableRawBufferPointer(buffer))
            count = 3 * side * side
        }
    }

    /// Writes the result of ``square(side:)`` to memory that must have room for it.
    package func writeSquare(side: Int, to result: UnsafeMutableRawBufferPointer) {
        precondition(result.count == 3 * side * side)
        let extent = min(order.width, order.height)
        let (left, top) = ((order.width - extent) / 2, (order.height - extent) / 2)
        let spans = covered(extent, by: side)
        for row in 0..<side {
            for column in 0..<side {
                var sums = (0, 0, 0)
                for (y, height) in spans[row] {
                    for (x, width) in spans[column] {
                        let at = order[left + x, top + y]
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
    }
}

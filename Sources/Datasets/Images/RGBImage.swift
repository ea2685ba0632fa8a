/// Red, green and blue bytes of a picture, as it is to be looked at.
package struct RGBImage: Sendable {
    /// Pixels that an image may have, those of any camera: 192 MiB, and for a progressive JPEG 512 more while it is decoded.
    package static let largest = 1 << 26

    let width: Int
    let height: Int
    private let pixels: [UInt8]
    /// Where the upper left pixel is, and how far from a pixel it is to those at its right and below it.
    private let first: Int
    private let right: Int
    private let down: Int

    /// - Parameters:
    ///   - pixels: `[height, width, 3]` in row order, as a file holds them.
    ///   - orientation: How they are to be turned.
    init(width: Int, height: Int, pixels: [UInt8], orientation: Orientation) {
        precondition(pixels.count == 3 * width * height)
        self.pixels = pixels
        let (column, row) = (3, 3 * width)
        let (lastColumn, lastRow) = ((width - 1) * column, (height - 1) * row)
        (self.width, self.height) =
            orientation.exchangesAxes ? (height, width) : (width, height)
        (first, right, down) =
            switch orientation {
            case .upright: (0, column, row)
            case .mirrored: (lastColumn, -column, row)
            case .upsideDown: (lastColumn + lastRow, -column, -row)
            case .upsideDownMirrored: (lastRow, column, -row)
            case .rightMirrored: (0, row, column)
            case .right: (lastRow, -row, column)
            case .leftMirrored: (lastColumn + lastRow, -row, -column)
            case .left: (lastColumn, row, -column)
            }
    }

    /// Decodes a PNG, JPEG or WebP file's bytes, and turns the picture as its EXIF tags say.
    ///
    /// Where pixels are transparent, white shows.
    ///
    /// - Parameter isWanted: Told how many pixels there are before memory is taken for them, whether they may be decoded.
    package init(
        decoding bytes: UnsafeRawBufferPointer,
        isWanted: (_ pixels: Int) -> Bool = { $0 <= Self.largest }
    ) throws(UnreadPicture) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            try self.init(png: bytes, isWanted: isWanted)
        } else if bytes.starts(with: [0xff, 0xd8]) {
            try self.init(jpeg: bytes, isWanted: isWanted)
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            try self.init(webP: bytes, isWanted: isWanted)
        } else if bytes.isEmpty {
            throw .empty
        } else {
            throw .foreign
        }
    }

    /// The largest square in the middle, brought to `side` pixels a side: the mean of what each new pixel covers.
    ///
    /// - Returns: `[3, side, side]` in row order.
    package func square(side: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 3 * side * side) { buffer, count in
            writeSquare(side: side, to: UnsafeMutableRawBufferPointer(buffer))
            count = 3 * side * side
        }
    }

    /// Writes what ``square(side:)`` returns to memory that has room for it.
    func writeSquare(side: Int, to result: UnsafeMutableRawBufferPointer) {
        precondition(result.count == 3 * side * side)
        let extent = min(width, height)
        let (left, top) = ((width - extent) / 2, (height - extent) / 2)
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
                        let at = first + (top + y) * down + (left + x) * right
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

/// Why a file gave no picture.
package enum UnreadPicture: UInt8, Error, CaseIterable {
    /// Cut short or changed, or written in a way that its library does not know.
    case damaged = 1
    /// Of more than ``RGBImage/largest`` pixels.
    case tooLarge
    /// A film rather than a picture.
    case animated
    /// No PNG, JPEG or WebP, whatever its name says.
    case foreign
    /// The system gave no bytes.
    case unreadable
    /// A file without bytes.
    case empty
}

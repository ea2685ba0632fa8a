/// The places of a picture's pixels in memory, by where they should be seen.
struct PixelOrder: Sendable {
    let width: Int
    let height: Int
    /// The place of the upper left pixel, and the distances from a pixel to its right and lower neighbours.
    private let first: Int
    private let right: Int
    private let down: Int

    /// - Parameters:
    ///   - width: Of the picture as it is stored, in pixels.
    ///   - channels: The samples of a pixel, which lie beside each other.
    ///   - orientation: How the picture is to be turned.
    init(width: Int, height: Int, channels: Int, orientation: Orientation) {
        let (column, row) = (channels, channels * width)
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

    /// The place of a pixel's first sample.
    @inline(__always)
    subscript(x: Int, y: Int) -> Int { first + y * down + x * right }
}

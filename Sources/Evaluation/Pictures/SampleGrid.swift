public import Tensors

extension Picture {
    /// Images `[count, channels, height, width]` in -1...1, in rows, as near to a square as they come.
    ///
    /// - Parameter columns: How many a row, where that is not to be chosen.
    public init(grid images: NDArray, columns: Int? = nil) {
        let (count, channels, height, width) = (
            images.shape[0], images.shape[1], images.shape[2], images.shape[3]
        )
        let columns = columns ?? max(1, Int(Double(count).squareRoot().rounded(.up)))
        let rows = max(1, (count + columns - 1) / columns)
        let gap = 2
        self.init(
            width: columns * (width + gap) + gap, height: rows * (height + gap) + gap,
            channels: channels == 3 ? 3 : 1)
        let scalars = images.scalars
        for image in 0..<count {
            let (row, column) = image.quotientAndRemainder(dividingBy: columns)
            for channel in 0..<self.channels {
                for y in 0..<height {
                    for x in 0..<width {
                        let value = scalars[((image * channels + channel) * height + y) * width + x]
                        let at =
                            (row * (height + gap) + gap + y) * self.width + column * (width + gap)
                            + gap + x
                        pixels[at * self.channels + channel] = UInt8(
                            max(0, min(255, (value + 1) * 127.5 + 0.5)))
                    }
                }
            }
        }
    }

    /// Points as dots in a square.
    ///
    /// - Parameters:
    ///   - points: `[count, 2]`.
    ///   - reach: The square spans this much from the origin, both ways.
    public init(points: NDArray, reach: Float) {
        let side = 384
        self.init(width: side, height: side, channels: 1, background: 255)
        let scalars = points.scalars
        for point in 0..<points.shape[0] {
            let x = (scalars[2 * point] / reach + 1) / 2 * Float(side)
            let y = (1 - scalars[2 * point + 1] / reach) / 2 * Float(side)
            guard x.isFinite, y.isFinite, x >= 1, y >= 1, x < Float(side - 1), y < Float(side - 1)
            else { continue }
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                pixels[(Int(y) + dy) * side + Int(x) + dx] = 0
            }
        }
    }
}

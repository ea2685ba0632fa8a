internal import Pictures
public import Tensors

/// A picture of samples in rows, or as dots in one square, in a PNG file that is written as samples arrive.
public final class SampleSheet {
    private let path: String
    private let count: Int
    private let depiction: Depiction
    private var file: PNGFile?
    /// The row of samples that is being drawn, with the gap above it; for points, the square.
    private var band: Picture?
    private var drawn = 0

    /// Begins a sheet for a number of samples; its file appears when it is finished.
    public init(of count: Int, as depiction: Depiction, to path: String) {
        precondition(count > 0)
        (self.count, self.depiction, self.path) = (count, depiction, path)
    }

    /// Draws the next samples, `[count, …]`.
    ///
    /// To the left of each stand images of others, `[count, channels, height, width]`, in their order. They are brought
    /// to the sample's size by repeating pixels.
    public func add(_ samples: NDArray, beside others: [NDArray] = []) throws {
        if case .point(let reach) = depiction { return dot(samples, reach: reach) }
        let others = others.map(depiction.pictures)
        for (number, picture) in depiction.pictures(of: samples).enumerated() {
            try place(picture.right(of: others.map { $0[number] }))
        }
    }

    /// Writes the rest; all samples must have been added.
    public func finish() throws {
        precondition(drawn == count, "\(drawn) of \(count) samples were added")
        guard let band else { return }
        guard let file else { return try band.write(to: path) }
        if drawn % columns != 0 { try file.write(band.pixels) }
        try file.write(Array(repeating: background, count: gap * band.width * band.channels))
        try file.finish()
    }

    private var columns: Int {
        let wanted: Int? = if case .image(let columns, _) = depiction { columns } else { nil }
        return wanted ?? max(1, Int(Double(count).squareRoot().rounded(.up)))
    }

    /// Pixels between samples, and around them.
    private var gap: Int { if case .roll = depiction { 4 } else { 2 } }
    private var background: UInt8 { if case .roll = depiction { 200 } else { 0 } }

    private func place(_ picture: Picture) throws {
        let column = drawn % columns
        if column == 0 {
            let width = columns * (picture.width + gap) + gap
            if file == nil {
                let rows = (count + columns - 1) / columns
                file = try PNGFile(
                    path: path, width: width, height: rows * (picture.height + gap) + gap,
                    channels: picture.channels)
            }
            band = Picture(
                width: width, height: picture.height + gap, channels: picture.channels,
                background: background)
        }
        band?.place(picture, x: column * (picture.width + gap) + gap, y: gap)
        drawn += 1
        if column == columns - 1, let band { try file?.write(band.pixels) }
    }

    private func dot(_ points: NDArray, reach: Float) {
        let side = 384
        var square = band ?? Picture(width: side, height: side, channels: 1, background: 255)
        let scalars = points.scalars
        for point in 0..<points.shape[0] {
            let x = (scalars[2 * point] / reach + 1) / 2 * Float(side)
            let y = (1 - scalars[2 * point + 1] / reach) / 2 * Float(side)
            guard x.isFinite, y.isFinite, x >= 1, y >= 1, x < Float(side - 1), y < Float(side - 1)
            else { continue }
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                square.pixels[(Int(y) + dy) * side + Int(x) + dx] = 0
            }
        }
        band = square
        drawn += points.shape[0]
    }
}

extension Picture {
    /// A picture that shows others and then this one, all of this one's size and without gaps.
    fileprivate func right(of others: [Picture]) -> Picture {
        guard !others.isEmpty else { return self }
        let pictures = others + [self]
        let channels = pictures.reduce(1) { max($0, $1.channels) }
        var row = Picture(width: pictures.count * width, height: height, channels: channels)
        for (place, picture) in pictures.enumerated() {
            row.place(
                picture.repeated(width: width, height: height, channels: channels),
                x: place * width,
                y: 0)
        }
        return row
    }

    /// This picture in another size, by repeating or leaving out pixels; grey is shown in colour where that is asked for.
    private func repeated(width: Int, height: Int, channels: Int) -> Picture {
        var result = Picture(width: width, height: height, channels: channels)
        for y in 0..<height {
            for x in 0..<width {
                let nearest = y * self.height / height * self.width + x * self.width / width
                for channel in 0..<channels {
                    result.pixels[(y * width + x) * channels + channel] =
                        pixels[nearest * self.channels + min(channel, self.channels - 1)]
                }
            }
        }
        return result
    }

    /// Copies another picture's pixels to a place in this one.
    fileprivate mutating func place(_ other: Picture, x: Int, y: Int) {
        let bytes = other.width * other.channels
        for row in 0..<other.height {
            let from = row * bytes
            let to = ((y + row) * width + x) * channels
            pixels.replaceSubrange(to..<(to + bytes), with: other.pixels[from..<(from + bytes)])
        }
    }
}

internal import Pictures
internal import Tensors

/// Samples in rows on one PNG, which is written as they arrive.
final class SampleSheet: SampleFile {
    private let path: String
    private let count: Int
    private let columns: Int
    private let gap: Int
    private let background: UInt8
    private let pictures: (NDArray) -> [Picture]
    private var file: PNGFile?
    /// The row of samples that is being drawn, with the gap above it.
    private var band: Picture?
    private var drawn = 0

    /// Begins a sheet for a number of samples; its file appears when it is finished.
    ///
    /// - Parameters:
    ///   - columns: The samples in a row; nil means as many as make the sheet nearly square.
    ///   - gap: Pixels between samples, and around them.
    ///   - pictures: A picture of each of some samples.
    init(
        of count: Int, columns: Int? = nil, gap: Int = 2, background: UInt8 = 0, to path: String,
        pictures: @escaping (NDArray) -> [Picture]
    ) {
        precondition(count > 0)
        (self.count, self.path, self.pictures) = (count, path, pictures)
        (self.gap, self.background) = (gap, background)
        self.columns = columns ?? Self.columns(for: count)
    }

    /// The samples in a row of a sheet that is nearly square.
    static func columns(for count: Int) -> Int {
        max(1, Int(Double(count).squareRoot().rounded(.up)))
    }

    /// Draws the next samples, and others to the left of each.
    ///
    /// These are images, `[count, channels, height, width]`, in their order. They are brought to the sample's size by
    /// repeating pixels.
    func add(_ samples: NDArray, beside others: [NDArray]) throws {
        let others = others.map(Picture.images)
        for (number, picture) in pictures(samples).enumerated() {
            try place(picture.right(of: others.map { $0[number] }))
        }
    }

    /// Writes the rest; all samples must have been added.
    func finish() throws {
        precondition(drawn == count, "\(drawn) of \(count) samples were added")
        guard let band, let file else { return }
        if drawn % columns != 0 { try file.write(band.pixels) }
        try file.write(Array(repeating: background, count: gap * band.width * band.channels))
        try file.finish()
    }

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
    mutating func place(_ other: Picture, x: Int, y: Int) {
        let bytes = other.width * other.channels
        for row in 0..<other.height {
            let from = row * bytes
            let to = ((y + row) * width + x) * channels
            pixels.replaceSubrange(to..<(to + bytes), with: other.pixels[from..<(from + bytes)])
        }
    }
}

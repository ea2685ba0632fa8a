public import Pictures
public import Tensors

/// The way in which samples of a recipe are shown to a person.
public enum Depiction: Sendable {
    /// Samples `[channels, height, width]` in -1...1 as images.
    ///
    /// - Parameters:
    ///   - columns: The samples in a row of a sheet; nil means as many as make it nearly square.
    ///   - beside: The fields of what the game makes that a sheet shows to the left of each sample, such as what the
    ///     sample was made of. They are images, too, of any size.
    case image(columns: Int? = nil, beside: [String] = [])
    /// Samples `[voices, steps, pitches]` as piano rolls. Time runs to the right, and pitch upwards from the lowest;
    /// higher voices are darker.
    case roll(lowest: Int)
    /// Samples `[2]` as dots in a square that reaches this far from the origin in each direction.
    case point(reach: Float)

    /// A picture for each of some samples, `[count, …]`; none for points, which say something only together.
    public func pictures(of samples: NDArray) -> [Picture] {
        switch self {
        case .image: Self.images(samples)
        case .roll(let lowest):
            rolls(of: samples).map {
                Self.picture($0, lowest: lowest, pitches: samples.shape[3])
            }
        case .point: []
        }
    }

    /// Whether it can show samples of a shape.
    public func shows(_ shape: Shape) -> Bool {
        switch self {
        case .image, .roll: shape.rank == 3
        case .point: shape == [2]
        }
    }

    /// The names of the fields that a sheet shows to the left of each sample.
    public var beside: [String] { if case .image(_, let beside) = self { beside } else { [] } }

    /// Whether samples are music.
    public var isMusic: Bool { if case .roll = self { true } else { false } }

    /// The notes of each of some samples, `[count, …]`; none if they are not music.
    public func rolls(of samples: NDArray) -> [PianoRoll] {
        guard case .roll(let lowest) = self else { return [] }
        return PianoRoll.rolls(samples, lowest: lowest)
    }

    private static func images(_ images: NDArray) -> [Picture] {
        let (channels, height, width) = (images.shape[1], images.shape[2], images.shape[3])
        let scalars = images.scalars
        return (0..<images.shape[0]).map { image in
            var picture = Picture(width: width, height: height, channels: channels == 3 ? 3 : 1)
            for channel in 0..<picture.channels {
                let start = (image * channels + channel) * height * width
                for pixel in 0..<(height * width) {
                    picture.pixels[pixel * picture.channels + channel] = UInt8(
                        max(0, min(255, (scalars[start + pixel] + 1) * 127.5 + 0.5)))
                }
            }
            return picture
        }
    }

    private static func picture(_ roll: PianoRoll, lowest: Int, pitches: Int) -> Picture {
        let steps = roll.voices.first?.count ?? 1
        var picture = Picture(width: 2 * steps, height: 2 * pitches, channels: 1, background: 255)
        for (voice, line) in roll.voices.enumerated() {
            for (step, pitch) in line.enumerated() {
                guard let pitch else { continue }
                let (x, y) = (2 * step, 2 * (lowest + pitches - 1 - pitch))
                for at in [y * picture.width + x, (y + 1) * picture.width + x] {
                    picture.pixels[at] = UInt8(min(200, 40 * voice))
                    picture.pixels[at + 1] = UInt8(min(200, 40 * voice))
                }
            }
        }
        return picture
    }
}

internal import Pictures
public import Tensors

/// Samples `[voices, steps, pitches]` as piano rolls, and as music.
///
/// Time runs to the right, and pitch upwards from the lowest; higher voices are darker.
public struct RollDepiction: Depiction {
    /// Pieces in one MIDI file, at most: days of music, in memory until the file is written.
    private static let largestPiece = 100_000
    private let lowest: Int

    /// - Parameter lowest: The MIDI pitch of the first column.
    public init(lowest: Int) { self.lowest = lowest }

    public func shows(_ shape: Shape) -> Bool { shape.rank == 3 }

    public var formats: [SampleFormat] {
        [
            SampleFormat(
                endings: ["png"],
                together: { count, path, _ in
                    SampleSheet(of: count, gap: 4, background: 200, to: path, pictures: pictures)
                },
                alone: { sample, stem in try pictures(of: sample)[0].write(to: "\(stem).png") }),
            SampleFormat(
                endings: ["mid", "midi"], mostTogether: Self.largestPiece,
                together: { _, path, _ in Piece(lowest: lowest, to: path) },
                alone: { sample, stem in
                    try MIDIFile(PianoRoll.rolls(sample, lowest: lowest)).write(to: "\(stem).mid")
                }),
        ]
    }

    private func pictures(of samples: NDArray) -> [Picture] {
        PianoRoll.rolls(samples, lowest: lowest).map { picture($0, pitches: samples.shape[3]) }
    }

    private func picture(_ roll: PianoRoll, pitches: Int) -> Picture {
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

extension Depiction where Self == RollDepiction {
    /// Music, whose first column has a MIDI pitch.
    public static func roll(lowest: Int) -> Self { RollDepiction(lowest: lowest) }
}

/// One MIDI file of samples one after another.
private final class Piece: SampleFile {
    private let lowest: Int
    private let path: String
    private var file = MIDIFile()

    init(lowest: Int, to path: String) { (self.lowest, self.path) = (lowest, path) }

    func add(_ samples: NDArray, beside others: [NDArray]) {
        for roll in PianoRoll.rolls(samples, lowest: lowest) { file.append(roll) }
    }

    func finish() throws { try file.write(to: path) }
}

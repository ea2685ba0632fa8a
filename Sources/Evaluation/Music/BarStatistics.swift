internal import Foundation

/// Average properties of bars of music: measures of MuseGAN (Dong et al., 2018), on a grid of sixteenths.
public struct BarStatistics: Sendable {
    /// The number of pitch classes, out of 12, that a voice uses in a bar.
    public let pitchClasses: Double
    /// The share of a voice's bars in which it is silent.
    public let emptyBars: Double
    /// The share of notes that are longer than one sixteenth; a generator that stutters has few.
    public let qualifiedNotes: Double
    /// How far apart two neighbouring voices are in a bar, in tonal space (Harte et al., 2006).
    public let tonalDistance: Double

    public init(_ rolls: [PianoRoll]) {
        var (classes, empty, bars) = (0, 0, 0)
        var (qualified, notes) = (0, 0)
        var (distance, pairs) = (0.0, 0)
        for roll in rolls {
            for voice in roll.voices.indices {
                let found = roll.notes(of: voice)
                notes += found.count
                qualified += found.count { $0.steps.count >= 2 }
            }
            let chromas = roll.voices.map(Self.chromas)
            for bar in 0..<(chromas.first?.count ?? 0) {
                for (voice, chroma) in chromas.map({ $0[bar] }).enumerated() {
                    bars += 1
                    classes += chroma.count { $0 > 0 }
                    empty += chroma.allSatisfy { $0 == 0 } ? 1 : 0
                    guard voice > 0, let apart = Self.distance(chroma, chromas[voice - 1][bar])
                    else { continue }
                    distance += apart
                    pairs += 1
                }
            }
        }
        pitchClasses = Double(classes) / Double(max(1, bars))
        emptyBars = Double(empty) / Double(max(1, bars))
        qualifiedNotes = Double(qualified) / Double(max(1, notes))
        tonalDistance = distance / Double(max(1, pairs))
    }

    /// The number of steps in each bar in which each of the twelve pitch classes sounds.
    private static func chromas(_ voice: [Int?]) -> [[Double]] {
        stride(from: 0, to: voice.count, by: PianoRoll.bar).map { start in
            var chroma = [Double](repeating: 0, count: 12)
            for case let pitch? in voice[start..<min(start + PianoRoll.bar, voice.count)] {
                chroma[pitch % 12] += 1
            }
            return chroma
        }
    }

    /// The distance of two bars' centroids on the circles of fifths, minor thirds and major thirds; nil if a bar is
    /// silent.
    private static func distance(_ first: [Double], _ second: [Double]) -> Double? {
        guard let first = centroid(first), let second = centroid(second) else { return nil }
        return zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    private static func centroid(_ chroma: [Double]) -> [Double]? {
        let sum = chroma.reduce(0, +)
        guard sum > 0 else { return nil }
        let circles: [(angle: Double, radius: Double)] = [
            (7 * Double.pi / 6, 1), (3 * Double.pi / 2, 1), (2 * Double.pi / 3, 0.5),
        ]
        var centroid: [Double] = []
        for circle in circles {
            var (x, y) = (0.0, 0.0)
            for (pitchClass, steps) in chroma.enumerated() {
                let angle = Double(pitchClass) * circle.angle
                x += steps / sum * circle.radius * Foundation.sin(angle)
                y += steps / sum * circle.radius * Foundation.cos(angle)
            }
            centroid += [x, y]
        }
        return centroid
    }
}

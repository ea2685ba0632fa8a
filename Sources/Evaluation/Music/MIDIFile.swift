internal import Foundation

/// A standard MIDI file (format 1): a track a voice, 4/4, 90 beats a minute.
public struct MIDIFile: Sendable {
    /// Ticks a sixteenth.
    private static let step = 120
    private let bytes: [UInt8]

    /// Rolls one after another, each voice a track of its own.
    public init(_ rolls: [PianoRoll]) {
        let voices = rolls.map(\.voices.count).max() ?? 0
        let header: [UInt8] =
            Array("MThd".utf8) + Self.number(6, 4) + Self.number(1, 2) + Self.number(voices + 1, 2)
            + Self.number(4 * Self.step, 2)
        // 666,667 microseconds a beat; four quarters a bar.
        let tempo: [UInt8] = [0, 0xff, 0x51, 3] + Self.number(666_667, 3)
        let meter: [UInt8] = [0, 0xff, 0x58, 4, 4, 2, 24, 8]
        bytes = (0..<voices).reduce(header + Self.track(tempo + meter)) { bytes, voice in
            bytes + Self.track(Self.events(of: voice, in: rolls))
        }
    }

    /// Writes the file, or replaces it.
    public func write(to path: String) throws {
        do { try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw EvaluationError(
                "\(path): expected a file that can be written: \(error.localizedDescription)")
        }
    }

    private static func events(of voice: Int, in rolls: [PianoRoll]) -> [UInt8] {
        var events: [UInt8] = []
        var (start, now) = (0, 0)
        for roll in rolls where roll.voices.indices.contains(voice) {
            for note in roll.notes(of: voice) {
                let (on, off) = (start + note.steps.lowerBound, start + note.steps.upperBound)
                let (pitch, channel) = (UInt8(note.pitch), UInt8(voice % 9))
                events += length((on - now) * step) + [0x90 | channel, pitch, 80]
                events += length((off - on) * step) + [0x80 | channel, pitch, 0]
                now = off
            }
            start += roll.voices[voice].count
        }
        return events
    }

    private static func track(_ events: [UInt8]) -> [UInt8] {
        let whole = events + [0, 0xff, 0x2f, 0]
        return Array("MTrk".utf8) + number(whole.count, 4) + whole
    }

    /// Big-endian.
    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }

    /// Seven bits a byte, the last without its highest bit.
    private static func length(_ value: Int) -> [UInt8] {
        var (groups, rest) = ([UInt8(value & 0x7f)], value >> 7)
        while rest > 0 {
            groups.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
            rest >>= 7
        }
        return groups
    }
}

internal import Foundation
internal import Platform

/// A standard MIDI file (format 1) with one track for each voice, in 4/4, at 90 beats a minute.
public struct MIDIFile: Sendable {
    /// The ticks of a sixteenth.
    private static let step = 120
    private var tracks: [Track] = []

    /// The events of a voice so far.
    private struct Track {
        var events: [UInt8] = []
        /// The step at which the next roll begins, and the step of the last event.
        var (start, now) = (0, 0)
    }

    public init() {}

    /// Creates a file of rolls one after another, with a track for each voice.
    public init(_ rolls: [PianoRoll]) {
        for roll in rolls { append(roll) }
    }

    /// Appends a roll to those before it.
    public mutating func append(_ roll: PianoRoll) {
        for voice in roll.voices.indices {
            if voice == tracks.count { tracks.append(Track()) }
            for note in roll.notes(of: voice) {
                let start = tracks[voice].start
                let (on, off) = (start + note.steps.lowerBound, start + note.steps.upperBound)
                let (pitch, channel) = (UInt8(note.pitch), UInt8(voice % 9))
                tracks[voice].events +=
                    Self.length((on - tracks[voice].now) * Self.step) + [0x90 | channel, pitch, 80]
                    + Self.length((off - on) * Self.step) + [0x80 | channel, pitch, 0]
                tracks[voice].now = off
            }
            tracks[voice].start += roll.voices[voice].count
        }
    }

    private var bytes: [UInt8] {
        let header: [UInt8] =
            Array("MThd".utf8) + Self.number(6, 4) + Self.number(1, 2)
            + Self.number(tracks.count + 1, 2) + Self.number(4 * Self.step, 2)
        // There are 666,667 microseconds in a beat, and four quarters in a bar.
        let tempo: [UInt8] = [0, 0xff, 0x51, 3] + Self.number(666_667, 3)
        let meter: [UInt8] = [0, 0xff, 0x58, 4, 4, 2, 24, 8]
        return tracks.reduce(header + Self.track(tempo + meter)) { $0 + Self.track($1.events) }
    }

    /// Writes the file, or replaces it.
    public func write(to path: String) throws {
        do { try UnfinishedFile.write(Data(bytes), to: path) } catch {
            throw EvaluationError("\(path): cannot be written: \(error)")
        }
    }

    private static func track(_ events: [UInt8]) -> [UInt8] {
        let whole = events + [0, 0xff, 0x2f, 0]
        return Array("MTrk".utf8) + number(whole.count, 4) + whole
    }

    /// The bytes of a number, big-endian.
    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }

    /// A length as MIDI encodes it: seven bits in each byte, with the highest bit set in all but the last.
    private static func length(_ value: Int) -> [UInt8] {
        var (groups, rest) = ([UInt8(value & 0x7f)], value >> 7)
        while rest > 0 {
            groups.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
            rest >>= 7
        }
        return groups
    }
}

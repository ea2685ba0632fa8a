import Evaluation
import Foundation
import Tensors
import Testing

@Suite("Music")
struct MusicTests {
    private let roll = PianoRoll(voices: [
        [60, 60, 60, 60, 64, 64, nil, nil] + Array(repeating: nil, count: 8),
        Array(repeating: 55, count: 16),
    ])

    @Test("Each voice sounds its largest number above zero")
    func rolls() {
        var numbers = [Float](repeating: -1, count: 2 * 3 * 4)
        numbers[2] = 0.2
        numbers[3] = 0.7
        numbers[4 + 1] = -0.1
        numbers[12 + 8] = 1
        let found = PianoRoll.rolls(NDArray(numbers, shape: [1, 2, 3, 4]), lowest: 36)
        #expect(found == [PianoRoll(voices: [[39, nil, nil], [nil, nil, 36]])])
    }

    @Test("A MIDI file has a track a voice, with each note's start and length")
    func midi() throws {
        let path = "\(NSTemporaryDirectory())/swiftgan-\(UUID().uuidString).mid"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try MIDIFile([roll]).write(to: path)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let text = bytes.map { String(format: "%02x", $0) }.joined()
        // Format 1, three tracks, 480 ticks a beat.
        #expect(text.hasPrefix("4d546864" + "00000006" + "0001" + "0003" + "01e0"))
        // C4 for four sixteenths (480 ticks), E4 for two, at once after it; G3 for sixteen (1,920).
        #expect(text.contains("00903c508360803c00" + "0090405081708040" + "00"))
        #expect(text.contains("009137508f00813700" + "00ff2f00"))
        #expect(text.components(separatedBy: "4d54726b").count == 4)
    }

    @Test("Bar statistics of a known bar are the known ones")
    func statistics() {
        let found = BarStatistics([roll, PianoRoll(voices: [Array(repeating: nil, count: 16)])])
        // Bars of voices: C and E; G; silence. Notes: four steps, two steps, sixteen steps.
        #expect(abs(found.pitchClasses - 1) < 1e-9)
        #expect(abs(found.emptyBars - 1.0 / 3) < 1e-9)
        #expect(found.qualifiedNotes == 1)
        // The same pitch class is at no distance; a tritone is far.
        func distance(_ pitch: Int) -> Double {
            let voice = { (pitch: Int) in [Int?](repeating: pitch, count: 16) }
            return BarStatistics([PianoRoll(voices: [voice(48), voice(pitch)])]).tonalDistance
        }
        #expect(distance(60) < 1e-9 && distance(55) < distance(54))
        // Fifths are neighbours on the first circle: the distances of Harte et al., worked out by hand.
        #expect(abs(distance(54) - 2 * 2.0.squareRoot()) < 1e-6)
    }
}

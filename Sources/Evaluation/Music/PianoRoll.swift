public import Tensors

/// The notes that voices sing: at each step one pitch, or nothing.
public struct PianoRoll: Hashable, Sendable {
    /// Steps (sixteenths) in a bar.
    public static let bar = 16

    /// The MIDI pitches `[voices][steps]`; nil for rests.
    public var voices: [[Int?]]

    public init(voices: [[Int?]]) { self.voices = voices }

    /// The rolls of examples `[count, voices, steps, pitches]`: each voice sings its largest number, if that is above
    /// zero.
    ///
    /// The first column has the MIDI pitch `lowest`.
    public static func rolls(_ examples: NDArray, lowest: Int) -> [PianoRoll] {
        let (count, voices) = (examples.shape[0], examples.shape[1])
        let (steps, pitches) = (examples.shape[2], examples.shape[3])
        let scalars = examples.scalars
        return (0..<count).map { example in
            PianoRoll(
                voices: (0..<voices).map { voice in
                    (0..<steps).map { step in
                        let start = ((example * voices + voice) * steps + step) * pitches
                        let row = scalars[start..<(start + pitches)]
                        let best = row.indices.max { row[$0] < row[$1] } ?? start
                        return row[best] > 0 ? lowest + best - start : nil
                    }
                })
        }
    }

    /// The notes of a voice; a note is a pitch that is held over a range of steps.
    func notes(of voice: Int) -> [(pitch: Int, steps: Range<Int>)] {
        var notes: [(pitch: Int, steps: Range<Int>)] = []
        for (step, pitch) in voices[voice].enumerated() {
            guard let pitch else { continue }
            if let last = notes.last, last.pitch == pitch, last.steps.upperBound == step {
                notes[notes.count - 1].steps = last.steps.lowerBound..<(step + 1)
            } else {
                notes.append((pitch, step..<(step + 1)))
            }
        }
        return notes
    }
}

extension Picture {
    /// Piano rolls in rows: time runs to the right, pitch upwards; higher voices are darker.
    ///
    /// - Parameter range: The MIDI pitches that are shown.
    public init(rolls: [PianoRoll], range: ClosedRange<Int>) {
        let steps = rolls.map { $0.voices.first?.count ?? 0 }.max() ?? 1
        let columns = max(1, Int(Double(rolls.count).squareRoot().rounded(.up)))
        let rows = max(1, (rolls.count + columns - 1) / columns)
        let (width, height, gap) = (2 * steps, 2 * range.count, 4)
        self.init(
            width: columns * (width + gap) + gap, height: rows * (height + gap) + gap, channels: 1,
            background: 200)
        for (number, roll) in rolls.enumerated() {
            let left = number % columns * (width + gap) + gap
            let top = number / columns * (height + gap) + gap
            for y in top..<(top + height) {
                for x in left..<(left + width) { pixels[y * self.width + x] = 255 }
            }
            for (voice, pitches) in roll.voices.enumerated() {
                for (step, pitch) in pitches.enumerated() {
                    guard let pitch, range.contains(pitch) else { continue }
                    let (x, y) = (left + 2 * step, top + 2 * (range.upperBound - pitch))
                    for at in [y * self.width + x, (y + 1) * self.width + x] {
                        pixels[at] = UInt8(min(200, 40 * voice))
                        pixels[at + 1] = UInt8(min(200, 40 * voice))
                    }
                }
            }
        }
    }
}

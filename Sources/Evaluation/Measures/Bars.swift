/// Measures statistics of bars of music.
public struct Bars: Measure {
    private let lowest: Int

    /// - Parameter lowest: The MIDI pitch of the first column.
    public init(lowest: Int) { self.lowest = lowest }

    public let usualCount = 1_000
    public let usesExtractor = false

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [
            .init("pitch-classes", better: .nearer), .init("empty-bars", better: .nearer),
            .init("qualified-notes", better: .nearer), .init("tonal-distance", better: .nearer),
        ]
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let found = BarStatistics(PianoRoll.rolls(samples.values(), lowest: lowest))
        return [found.pitchClasses, found.emptyBars, found.qualifiedNotes, found.tonalDistance]
    }
}

internal import CPNG

/// What a file says of its colours, kept so that it can be written again.
package struct ColourProfile: Hashable, Sendable {
    /// Nothing is said, and programs take the colours for those of screens.
    package static let unknown = ColourProfile()
    /// The colours of screens (sRGB), to be shown as photographs are.
    static let screen = ColourProfile(screenIntent: 0)

    /// An ICC profile; empty if there is none.
    let icc: [UInt8]
    /// How an sRGB chunk of PNG wants its colours to be shown.
    let screenIntent: Int?
    /// The exponent of a gAMA chunk of PNG, times 100,000.
    let gamma: Int?

    init(icc: [UInt8] = [], screenIntent: Int? = nil, gamma: Int? = nil) {
        self.icc = icc
        self.screenIntent = screenIntent
        self.gamma = gamma
    }

    /// Whether other colours may be meant than those of screens, which are what networks take all numbers for.
    package var mayBeOfOtherKind: Bool {
        guard !icc.isEmpty else {
            return screenIntent == nil && gamma.map { abs($0 - 45_455) > 1_000 } ?? false
        }
        // A profile's description is in ASCII, or in UTF-16 as of version 4.
        let ways: [[UInt8]] = [Array("sRGB".utf8), "sRGB".utf8.flatMap { [0, $0] }]
        return isOfColours && !ways.contains { !icc.ranges(of: $0).isEmpty }
    }

    /// The ICC profile for pixels that are grey or not; none if it is of the other kind, since such a file could not be
    /// shown.
    func icc(forGrey isGrey: Bool) -> [UInt8] {
        isGrey == isOfGrey && isGrey != isOfColours ? icc : []
    }

    /// What PNG calls the kind of a profile stands at byte 16.
    private var isOfGrey: Bool { icc.dropFirst(16).starts(with: "GRAY".utf8) }
    private var isOfColours: Bool { icc.dropFirst(16).starts(with: "RGB ".utf8) }
}

extension ColourProfile {
    /// - Parameter colours: As libpng has read them, with pointers that are still valid.
    init(_ colours: swiftgan_png_colours) {
        self.init(
            icc: Array(UnsafeBufferPointer(start: colours.icc, count: colours.icc_count)),
            screenIntent: colours.srgb_intent < 0 ? nil : Int(colours.srgb_intent),
            gamma: colours.gamma == 0 ? nil : Int(colours.gamma))
    }
}

/// What the samples of a picture mean.
package struct PictureForm: Hashable, Sendable {
    /// Whether one sample of light stands for red, green and blue.
    package var isGrey: Bool
    /// Whether each pixel has a sample of opacity, after the others.
    package var hasAlpha: Bool
    /// The bits of each sample, 8 or 16.
    package var bits: Int
    package var colours: ColourProfile

    package init(
        isGrey: Bool, hasAlpha: Bool = false, bits: Int = 8, colours: ColourProfile = .unknown
    ) {
        precondition(bits == 8 || bits == 16)
        self.isGrey = isGrey
        self.hasAlpha = hasAlpha
        self.bits = bits
        self.colours = colours
    }

    /// The planes of floats that networks are given and give: red, green and blue, also where the picture is grey, and
    /// opacity if there is any.
    package var planes: Int { hasAlpha ? 4 : 3 }

    /// The samples of a pixel.
    var channels: Int { (isGrey ? 1 : 3) + (hasAlpha ? 1 : 0) }
}

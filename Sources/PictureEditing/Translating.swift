internal import Adversarial
package import Pictures
internal import Tensors

extension Generator where Game == any TranslatesPictures {
    /// The longest side that is translated: networks of whole pictures take about 2 GB for such a square.
    private static var longest: Int { 1_024 }

    /// The size in which a picture is translated: its own, or one with a longest side of 1,024 pixels.
    package func size(for picture: EditablePicture) -> (width: Int, height: Int) {
        fitted(width: picture.width, height: picture.height, longest: Self.longest)
    }

    /// Turns a picture into one of the other kind.
    ///
    /// - Returns: Planes `[3, height, width]` in -1...1, of that size.
    package func translate(_ picture: EditablePicture, _ direction: String) -> [Float] {
        let size = size(for: picture)
        let seen = picture.colours(
            x: 0..<picture.width, y: 0..<picture.height, height: size.height, width: size.width)
        return self { game, pass in
            game.translated(seen.mirrored(toMultiplesOf: game.sideMultiple), direction, pass)
                .sliced(2, 0..<size.height).sliced(3, 0..<size.width)
        }.value.scalars
    }
}

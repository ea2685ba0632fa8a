internal import Adversarial
package import Pictures
internal import Tensors

extension Generator where Game == any TranslatesPictures {
    /// The longest side that is translated: networks of whole pictures take about 2 GB for such a square.
    package static var longest: Int { 1_024 }

    /// Turns a picture into one of the other kind, with longest sides of ``longest`` at most.
    ///
    /// - Returns: Planes `[3, height, width]` in -1...1.
    package func translate(_ picture: EditablePicture, _ direction: String) -> (
        planes: [Float], width: Int, height: Int
    ) {
        let size = fitted(width: picture.width, height: picture.height, longest: Self.longest)
        let made = self { game, pass in
            let seen = picture.colours(
                x: 0..<picture.width, y: 0..<picture.height, height: size.height, width: size.width)
            return game.translated(
                seen.mirrored(toMultiplesOf: game.sideMultiple), direction, pass
            ).sliced(2, 0..<size.height).sliced(3, 0..<size.width)
        }
        return (made.value.scalars, size.width, size.height)
    }
}

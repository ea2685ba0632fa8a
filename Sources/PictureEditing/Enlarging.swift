internal import Adversarial
package import Pictures
internal import Synchronization
internal import Tensors

extension Generator where Game == any EnlargesPictures {
    /// Tiles begin at multiples of this, at which convolutions cut a picture into windows, so that a tile has the same
    /// windows as the whole.
    private static var window: Int { 12 }
    private static var tile: Int { 21 * window }
    /// Numbers of the result that are in memory at once, about: 256 MB.
    private static var most: Int { 1 << 26 }

    /// Enlarges a picture of any size, tile by tile; only a row of tiles of the result is in memory, about 256 MB at most.
    ///
    /// Tiles overlap by what a pixel of the result can see, so there are no seams.
    ///
    /// - Parameter write: Is given each strip, from the top down: planes `[channels, height, width]` in -1...1.
    package func enlarge(
        _ picture: EditablePicture, _ write: (_ planes: [Float]) throws -> Void
    ) rethrows {
        let (width, height, planes) = (picture.width, picture.height, picture.form.planes)
        let factor = game.factor
        let columns = stride(from: 0, to: width, by: Self.tile).map {
            $0..<min($0 + Self.tile, width)
        }
        // Rows of tiles are lower where they are long.
        let windows = Self.most / (planes * width * factor * factor * Self.window)
        let depth = max(1, min(Self.tile / Self.window, windows)) * Self.window
        for top in stride(from: 0, to: height, by: depth) {
            let rows = top..<min(top + depth, height)
            let size = (width: width * factor, height: rows.count * factor)
            let strip = Strip(planes: planes, width: size.width, height: size.height)
            forEach(columns.count) { number in
                let tile = enlarged(picture, columns[number], rows)
                strip.place(tile, x: columns[number].lowerBound * factor)
            }
            try write(strip.values)
        }
    }

    /// A tile of the result, `[1, planes, height, width]`.
    private func enlarged(
        _ picture: EditablePicture, _ columns: Range<Int>, _ rows: Range<Int>
    ) -> Tensor {
        // The overlap ends with the picture, as the whole does.
        let overlap = (game.reach + Self.window - 1) / Self.window * Self.window
        func seen(_ range: Range<Int>, of extent: Int) -> Range<Int> {
            max(0, range.lowerBound - overlap)..<min(extent, range.upperBound + overlap)
        }
        let (x, y) = (seen(columns, of: picture.width), seen(rows, of: picture.height))
        let given = Tensor(
            picture.region(x: x, y: y), shape: [1, picture.form.planes, y.count, x.count])
        var made = self { game, pass in game.enlarged(given.sliced(1, 0..<3), pass) }
        if picture.form.hasAlpha {
            let opacity = given.sliced(1, 3..<4).resampledBicubic(
                height: made.shape[2], width: made.shape[3])
            made = .concatenated([made, opacity], along: 1)
        }
        func own(_ range: Range<Int>, in seen: Range<Int>) -> Range<Int> {
            (range.lowerBound - seen.lowerBound)
                * game.factor..<(range.upperBound - seen.lowerBound)
                * game.factor
        }
        return made.sliced(2, own(rows, in: y)).sliced(3, own(columns, in: x))
    }
}

/// Rows of a picture that lanes fill side by side.
private final class Strip: Sendable {
    private let planes: Int
    private let width: Int
    private let height: Int
    private let content: Mutex<[Float]>

    init(planes: Int, width: Int, height: Int) {
        (self.planes, self.width, self.height) = (planes, width, height)
        content = Mutex(Array(repeating: 0, count: planes * width * height))
    }

    var values: [Float] { content.withLock { $0 } }

    /// Copies a tile, `[1, planes, height, …]`, to its place.
    func place(_ tile: Tensor, x: Int) {
        let (columns, scalars) = (tile.shape[3], tile.value.scalars)
        content.withLock { content in
            for row in 0..<(planes * height) {
                let from = row * columns
                content.replaceSubrange(
                    (row * width + x)..<(row * width + x + columns),
                    with: scalars[from..<(from + columns)])
            }
        }
    }
}

internal import Adversarial
package import Pictures
internal import Synchronization
internal import Tensors

extension Generator where Game == any ColoursPictures {
    /// Rows of a picture that a lane colours at once.
    private static var strip: Int { 64 }

    /// Colours a picture, or changes the colour of a part of it; lightness stays as it is, as far as a screen can show both.
    ///
    /// Colours are found at up to four times the side of the pictures that were trained on, and enlarged: people see lightness
    /// more sharply than colour.
    ///
    /// - Parameters:
    ///   - mask: What is coloured; elsewhere all samples stay as they are, and their colours are hints. Nil: everything.
    ///   - colour: Red, green and blue in -1...1 that what is coloured should have; nil: what suits.
    ///   - side: That of the pictures that were trained on.
    ///   - write: Is given the result piece by piece, from the top down: planes `[channels, height, width]` in -1...1.
    package func colour(
        _ picture: EditablePicture, _ mask: Mask?, _ colour: SIMD3<Float>?, trainedSide side: Int,
        _ write: (_ planes: [Float]) throws -> Void
    ) rethrows {
        let (width, height) = (picture.width, picture.height)
        let colours = colours(picture, mask, colour, trainedSide: side).value
        let strips = stride(from: 0, to: height, by: Self.strip).map {
            $0..<min($0 + Self.strip, height)
        }
        for first in stride(from: 0, to: strips.count, by: lanes) {
            let batch = Array(strips[first..<min(first + lanes, strips.count)])
            let results = Mutex([[Float]](repeating: [], count: batch.count))
            forEach(batch.count) { number in
                let rows = batch[number]
                let own = Tensor(
                    picture.region(x: 0..<width, y: rows),
                    shape: [1, picture.form.planes, rows.count, width])
                let light = own.sliced(1, 0..<3)
                var made = game.combined(
                    lightnessOf: light, coloursOf: Tensor(colours).rows(rows, of: height))
                if let mask {
                    let changes = Tensor(
                        mask.part(x: 0..<width, y: rows).map { $0 ? 1 : 0 },
                        shape: [1, 1, rows.count, width])
                    made = light * (1 - changes) + made * changes
                }
                let planes = Tensor.concatenated(
                    [made, own.sliced(1, 3..<picture.form.planes)], along: 1
                ).value.scalars
                results.withLock { $0[number] = planes }
            }
            for planes in results.withLock({ $0 }) { try write(planes) }
        }
    }

    /// The colours of the whole picture, with few rows and all columns.
    private func colours(
        _ picture: EditablePicture, _ mask: Mask?, _ colour: SIMD3<Float>?, trainedSide side: Int
    ) -> Tensor {
        let (width, height) = (picture.width, picture.height)
        let small = fitted(width: width, height: height, longest: 4 * side)
        let seen = picture.colours(
            x: 0..<width, y: 0..<height, height: small.height, width: small.width)
        return withoutGradients {
            let inside = Tensor(
                mask?.reduced(to: small) ?? Array(repeating: 1, count: small.height * small.width),
                shape: [1, 1, small.height, small.width])
            var (hints, given) = (seen, mask == nil ? inside * 0 : 1 - inside)
            if let colour {
                let wanted = Tensor([colour.x, colour.y, colour.z], shape: [1, 3, 1, 1])
                hints = seen * (1 - inside) + wanted * inside
                given = given * (1 - inside) + inside
            }
            let multiple = game.sideMultiple
            let made = self { game, pass in
                game.coloured(
                    seen.mirrored(toMultiplesOf: multiple),
                    hints: hints.mirrored(toMultiplesOf: multiple),
                    given: given.mirrored(toMultiplesOf: multiple), pass)
            }
            return made.sliced(2, 0..<small.height).sliced(3, 0..<small.width)
                .resampledBilinear(height: small.height, width: width)
        }
    }
}

extension Mask {
    /// Which pixels of a smaller picture cover some of it: 1 for those, 0 for others, row by row.
    fileprivate func reduced(to small: (width: Int, height: Int)) -> [Float] {
        let (rows, columns) = (covered(height, by: small.height), covered(width, by: small.width))
        return rows.flatMap { row in
            columns.map { column in
                row.contains { row in
                    column.contains { pixels[row.pixel * width + $0.pixel] }
                } ? 1 : 0
            }
        }
    }
}

extension Tensor {
    /// Some rows of what an image `[1, 3, own height, width]` would be with another height, interpolated linearly between the
    /// centres of pixels.
    fileprivate func rows(_ rows: Range<Int>, of height: Int) -> Tensor {
        let (own, width) = (shape[2], shape[3])
        let places = rows.map { number in
            max(0, min(Float(own - 1), (Float(number) + 0.5) * Float(own) / Float(height) - 0.5))
        }
        // Of the image, only what lies around these places is read.
        let first = Int(places[0])
        let count = min(own, Int(places[places.count - 1]) + 2) - first
        var weights = [Float](repeating: 0, count: rows.count * count)
        for (row, place) in places.enumerated() {
            let (above, share) = (Int(place) - first, place - Float(Int(place)))
            weights[row * count + above] += 1 - share
            weights[row * count + min(count - 1, above + 1)] += share
        }
        return Tensor(weights + weights + weights, shape: [3, rows.count, count])
            .matrixProduct(
                with: sliced(2, first..<(first + count)).reshaped(to: [3, count, width])
            )
            .reshaped(to: [1, 3, rows.count, width])
    }
}

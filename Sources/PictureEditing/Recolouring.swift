internal import Adversarial
package import Pictures
internal import Tensors

extension Generator where Game == any ColoursPictures {
    /// Rows of a picture that are coloured at once.
    private static var strip: Int { 64 }

    /// Colours a picture, or changes the colour of a part of it; lightness stays as it is.
    ///
    /// Colours are found at up to four times the side of the pictures that were trained on, and enlarged: people see lightness
    /// much sharper than colours.
    ///
    /// - Parameters:
    ///   - mask: What is coloured; elsewhere all samples stay as they are, and their colours are hints. Nil: everything.
    ///   - colour: Red, green and blue in -1...1 that what is coloured should have; nil: what suits.
    ///   - side: That of the pictures that were trained on.
    ///   - write: Is given each strip of the result, from the top down: planes `[channels, height, width]` in -1...1 and
    ///     their height.
    package func colour(
        _ picture: EditablePicture, _ mask: Mask?, _ colour: SIMD3<Float>?, trainedSide side: Int,
        _ write: (_ planes: [Float]) throws -> Void
    ) rethrows {
        let (width, height) = (picture.width, picture.height)
        let small = fitted(width: width, height: height, longest: 4 * side)
        let colours = self { game, pass in
            let seen = picture.colours(
                x: 0..<width, y: 0..<height, height: small.height, width: small.width)
            let inside = inside(mask, of: picture, small)
            var (hints, given) = (seen, mask == nil ? inside * 0 : 1 - inside)
            if let colour {
                let wanted = Tensor([colour.x, colour.y, colour.z], shape: [1, 3, 1, 1])
                hints = seen * (1 - inside) + wanted * inside
                given = given * (1 - inside) + inside
            }
            let multiple = game.sideMultiple
            return game.coloured(
                seen.mirrored(toMultiplesOf: multiple),
                hints: hints.mirrored(toMultiplesOf: multiple),
                given: given.mirrored(toMultiplesOf: multiple), pass
            ).sliced(2, 0..<small.height).sliced(3, 0..<small.width)
                .resampledBilinear(height: small.height, width: width)
        }
        for top in stride(from: 0, to: height, by: Self.strip) {
            let rows = top..<min(top + Self.strip, height)
            let planes = self { game, _ in
                let own = Tensor(
                    picture.region(x: 0..<width, y: rows),
                    shape: [1, picture.form.planes, rows.count, width])
                let light = own.sliced(1, 0..<3)
                var made = game.combined(
                    lightnessOf: light, coloursOf: colours.rows(rows, of: height))
                if let mask {
                    let changes = Tensor(
                        mask.part(x: 0..<width, y: rows).map { $0 ? 1 : 0 },
                        shape: [1, 1, rows.count, width])
                    made = light * (1 - changes) + made * changes
                }
                return Tensor.concatenated(
                    [made, own.sliced(1, 3..<picture.form.planes)], along: 1
                )
                .value.scalars
            }
            try write(planes)
        }
    }

    /// `[1, 1, height, width]`, 1 where a reduced pixel's middle is to be coloured.
    private func inside(
        _ mask: Mask?, of picture: EditablePicture, _ small: (width: Int, height: Int)
    ) -> Tensor {
        let mask = mask ?? Mask(width: picture.width, height: picture.height)
        let values = (0..<small.height).flatMap { row in
            (0..<small.width).map { column -> Float in
                let x = (2 * column + 1) * picture.width / (2 * small.width)
                let y = (2 * row + 1) * picture.height / (2 * small.height)
                return mask.pixels[y * mask.width + x] ? 1 : 0
            }
        }
        return Tensor(values, shape: [1, 1, small.height, small.width])
    }
}

extension Tensor {
    /// Some rows of what an image `[1, 3, own height, width]` would be with another height, interpolated linearly between the
    /// centres of pixels.
    fileprivate func rows(_ rows: Range<Int>, of height: Int) -> Tensor {
        let (own, width) = (shape[2], shape[3])
        var weights = [Float](repeating: 0, count: rows.count * own)
        for (row, number) in rows.enumerated() {
            let place = max(
                0, min(Float(own - 1), (Float(number) + 0.5) * Float(own) / Float(height) - 0.5))
            let (above, share) = (Int(place), place - Float(Int(place)))
            weights[row * own + above] += 1 - share
            weights[row * own + min(own - 1, above + 1)] += share
        }
        return Tensor(weights + weights + weights, shape: [3, rows.count, own])
            .matrixProduct(with: reshaped(to: [3, own, width]))
            .reshaped(to: [1, 3, rows.count, width])
    }
}

internal import Adversarial
package import Pictures
internal import Tensors

extension Generator where Game == any FillsHoles {
    /// Fills the hole; every sample outside of it stays as it is.
    ///
    /// Each part of the hole is filled on its own, in a window twice as large as the part, or larger, until a quarter of what it
    /// shows is known. A window that is much larger than the pictures that were trained on is reduced, and what is found for the
    /// hole is enlarged again.
    ///
    /// - Parameters:
    ///   - side: That of the pictures that were trained on.
    ///   - rim: The pixels inside the hole's rim over which old and new blend, of which the old ones must not be what is to go.
    package func fill(
        _ hole: Mask, of picture: inout EditablePicture, trainedSide side: Int, rim: Int
    ) {
        for box in hole.boxes(gap: side / 4) {
            for part in parts(of: box, in: hole, side) {
                var wanted = max(side, 2 * max(part.x.count, part.y.count))
                while wanted < max(picture.width, picture.height),
                    hole.share(
                        of: (
                            seen(part.x, wanted, within: picture.width),
                            seen(part.y, wanted, within: picture.height)
                        )) > 0.75
                { wanted *= 2 }
                // Within twice the trained side nothing is reduced.
                let multiple = game.sideMultiple
                let reduced = (min(wanted, 2 * side) + multiple - 1) / multiple * multiple
                let step = (wanted + reduced - 1) / reduced
                let length = step * reduced
                func window(_ range: Range<Int>, within extent: Int) -> Range<Int> {
                    let centred = (range.lowerBound + range.upperBound - length) / 2
                    // Real surroundings tell more than mirrored ones.
                    let first =
                        length <= extent ? min(max(0, centred), extent - length) : centred
                    return first..<(first + length)
                }
                fill(
                    part, hole, of: &picture,
                    x: window(part.x, within: picture.width),
                    y: window(part.y, within: picture.height), step: step, rim: rim)
            }
        }
    }

    /// What a window of a length around a range shows of a picture, which it leaves as little as it can.
    private func seen(_ range: Range<Int>, _ length: Int, within extent: Int) -> Range<Int> {
        guard length < extent else { return 0..<extent }
        let centred = (range.lowerBound + range.upperBound - length) / 2
        let first = min(max(0, centred), extent - length)
        return first..<(first + length)
    }

    /// A box, or pieces of it if it is long and the hole is thin, as a wire, a frame or a border is: each piece then has
    /// surroundings enough.
    private func parts(of box: Mask.Box, in hole: Mask, _ side: Int) -> [Mask.Box] {
        let (longer, shorter) = (
            max(box.x.count, box.y.count), min(box.x.count, box.y.count)
        )
        let isSparse = hole.share(of: box) < 0.3
        guard longer > 2 * side, isSparse || longer > 2 * shorter else { return [box] }
        let length = isSparse ? side : max(side, shorter)
        func pieces(_ range: Range<Int>) -> [Range<Int>] {
            stride(from: range.lowerBound, to: range.upperBound, by: length).map {
                $0..<min($0 + length, range.upperBound)
            }
        }
        return pieces(box.y).flatMap { y in pieces(box.x).map { (x: $0, y: y) } }.filter {
            hole.share(of: $0) > 0
        }
    }

    /// Fills the hole in a box by what is seen in a window around it.
    ///
    /// - Parameter step: How many pixels of the window, across and down, make one that the network sees.
    private func fill(
        _ box: Mask.Box, _ hole: Mask, of picture: inout EditablePicture, x: Range<Int>,
        y: Range<Int>, step: Int, rim: Int
    ) {
        let (height, width) = (y.count / step, x.count / step)
        let colours = picture.colours(x: x, y: y, height: height, width: width)
        // A reduced pixel that is partly in the hole is in the hole.
        var inside = [Float](repeating: 0, count: height * width)
        for row in y {
            let line = (row - y.lowerBound) / step * width
            for (place, isInside) in hole.part(x: x, y: row..<(row + 1)).enumerated() where isInside
            {
                inside[line + place / step] = 1
            }
        }
        let made = self { game, pass in
            game.filled(colours, hole: Tensor(inside, shape: [1, 1, height, width]), pass)
        }
        let mask = hole.part(x: box.x, y: box.y)
        let old = picture.region(x: box.x, y: box.y)
        var new = made.enlarged(
            by: step, x: box.x.shifted(by: -x.lowerBound), y: box.y.shifted(by: -y.lowerBound)
        ).value.scalars
        let depths = depths(of: mask, width: box.x.count, most: rim + 1)
        for place in mask.indices where depths[place] > 0 {
            let share = Float(depths[place]) / Float(rim + 1)
            for at in [place, place + mask.count, place + 2 * mask.count] {
                new[at] = old[at] + (new[at] - old[at]) * share
            }
        }
        picture.replace(x: box.x, y: box.y, with: new, where: mask)
    }

    /// How many pixels each lies inside a mask, 1 at its rim, up to a limit; 0 outside.
    ///
    /// The border of the picture is no rim.
    private func depths(of mask: [Bool], width: Int, most: Int) -> [UInt8] {
        var depths = mask.map { $0 ? UInt8(most) : 0 }
        func settle(_ places: some Sequence<Int>, _ neighbours: [(column: Int, row: Int)]) {
            let height = mask.count / width
            for place in places where depths[place] > 0 {
                let (row, column) = place.quotientAndRemainder(dividingBy: width)
                for neighbour in neighbours {
                    let (x, y) = (column + neighbour.column, row + neighbour.row)
                    guard x >= 0, x < width, y >= 0, y < height else { continue }
                    depths[place] = min(depths[place], depths[y * width + x] + 1)
                }
            }
        }
        settle(mask.indices, [(-1, 0), (0, -1), (-1, -1), (1, -1)])
        settle(mask.indices.reversed(), [(1, 0), (0, 1), (1, 1), (-1, 1)])
        return depths
    }
}

extension Range<Int> {
    fileprivate func shifted(by distance: Int) -> Range<Int> {
        (lowerBound + distance)..<(upperBound + distance)
    }
}

extension Tensor {
    /// A part of an image as it is with sides `factor` times as long, by cubic convolution; only what the part needs is enlarged.
    ///
    /// - Parameters:
    ///   - x: The columns of the part, in pixels of the result.
    ///   - y: Its rows.
    fileprivate func enlarged(by factor: Int, x: Range<Int>, y: Range<Int>) -> Tensor {
        /// The old pixels that a range of new ones depends on.
        func seen(_ range: Range<Int>, of extent: Int) -> Range<Int> {
            max(0, range.lowerBound / factor - 2)..<min(extent, (range.upperBound - 1) / factor + 3)
        }
        let (columns, rows) = (seen(x, of: shape[3]), seen(y, of: shape[2]))
        let large = withoutGradients {
            sliced(2, rows).sliced(3, columns).resampledBicubic(
                height: rows.count * factor, width: columns.count * factor)
        }
        return large.sliced(2, y.shifted(by: -rows.lowerBound * factor))
            .sliced(3, x.shifted(by: -columns.lowerBound * factor))
    }
}

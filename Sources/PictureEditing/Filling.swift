internal import Adversarial
package import Pictures
internal import Tensors

extension Generator where Game == any FillsHoles {
    /// Pixels inside the hole's rim over which old and new blend.
    private static var rim: Int { 3 }

    /// Fills the hole; every sample outside of it stays as it is.
    ///
    /// Each part of the hole is filled for itself, in a window twice as large as the part. A window that is much larger than the
    /// pictures that were trained on is reduced, and what is found for the hole is enlarged again.
    ///
    /// - Parameter side: That of the pictures that were trained on.
    package func fill(_ hole: Mask, of picture: inout EditablePicture, trainedSide side: Int) {
        for box in hole.boxes(gap: side / 4) {
            let wanted = max(side, 2 * max(box.x.count, box.y.count))
            // Within twice the trained side nothing is reduced.
            let multiple = game.sideMultiple
            let reduced = (min(wanted, 2 * side) + multiple - 1) / multiple * multiple
            let step = max(1, (wanted + reduced - 1) / reduced)
            func window(_ range: Range<Int>) -> Range<Int> {
                let first = (range.lowerBound + range.upperBound - step * reduced) / 2
                return first..<(first + step * reduced)
            }
            fill(hole, of: &picture, x: window(box.x), y: window(box.y), step: step)
        }
    }

    /// Fills what of the hole lies in a window.
    ///
    /// - Parameter step: How many pixels of the window, across and down, make one that the network sees.
    private func fill(
        _ hole: Mask, of picture: inout EditablePicture, x: Range<Int>, y: Range<Int>, step: Int
    ) {
        let (height, width) = (y.count / step, x.count / step)
        let inside = hole.part(x: x, y: y)
        let colours = picture.colours(x: x, y: y, height: height, width: width)
        // A reduced pixel that is partly in the hole is in the hole.
        var reduced = [Float](repeating: 0, count: height * width)
        for (place, isInside) in inside.enumerated() where isInside {
            reduced[place / x.count / step * width + place % x.count / step] = 1
        }
        let made = self { game, pass in
            game.filled(colours, hole: Tensor(reduced, shape: [1, 1, height, width]), pass)
                .resampledBicubic(height: y.count, width: x.count)
        }
        // Of the window, what lies in the picture.
        let columns = x.clamped(to: 0..<picture.width)
        let rows = y.clamped(to: 0..<picture.height)
        let own = made.sliced(2, rows.lowerBound - y.lowerBound..<rows.upperBound - y.lowerBound)
            .sliced(3, columns.lowerBound - x.lowerBound..<columns.upperBound - x.lowerBound)
        let mask = hole.part(x: columns, y: rows)
        let depths = depths(of: mask, width: columns.count, most: Self.rim + 1)
        var new = own.value.scalars
        let old = picture.region(x: columns, y: rows)
        let size = mask.count
        for place in 0..<size where depths[place] > 0 {
            let share = Float(depths[place]) / Float(Self.rim + 1)
            for at in [place, place + size, place + 2 * size] {
                new[at] = old[at] + (new[at] - old[at]) * share
            }
        }
        picture.replace(x: columns, y: rows, with: new, where: mask)
    }

    /// How many pixels each lies inside a mask, 1 at its rim, up to a limit; 0 outside.
    ///
    /// The border of the picture is no rim.
    private func depths(of mask: [Bool], width: Int, most: Int) -> [Int] {
        var depths = mask.map { $0 ? most : 0 }
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

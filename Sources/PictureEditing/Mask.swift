package import Pictures

/// The pixels of a picture that are to be changed.
package struct Mask: Sendable {
    package let width: Int
    package let height: Int
    /// Row by row, whether a pixel is to be changed.
    private(set) var pixels: [Bool]

    /// All pixels.
    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = Array(repeating: true, count: width * height)
    }

    /// A border, within a picture that has it already.
    package init(_ border: EditablePicture.Border, of picture: EditablePicture) {
        self.init(width: picture.width, height: picture.height)
        for row in border.top..<(height - border.bottom) {
            for column in border.left..<(width - border.right) {
                pixels[row * width + column] = false
            }
        }
    }

    /// What is white in a picture; if parts of it are transparent, what is opaque.
    package init(_ picture: EditablePicture) {
        (width, height) = (picture.width, picture.height)
        var (bright, opaque) = ([Bool](), [Bool]())
        bright.reserveCapacity(width * height)
        for row in 0..<height {
            let planes = picture.region(x: 0..<width, y: row..<(row + 1))
            for at in 0..<width {
                bright.append(planes[at] + planes[width + at] + planes[2 * width + at] >= 0)
                if picture.form.hasAlpha { opaque.append(planes[3 * width + at] >= 0) }
            }
        }
        pixels = opaque.contains(false) ? opaque : bright
    }

    /// The share of all pixels.
    package var share: Double { Double(pixels.count { $0 }) / Double(pixels.count) }

    /// The same, and all pixels within a square of this many pixels around them.
    package func grown(by reach: Int) -> Mask {
        var grown = self
        grown.grow(along: 1, width, across: width, height, reach)
        grown.grow(along: width, height, across: 1, width, reach)
        return grown
    }

    private mutating func grow(
        along step: Int, _ count: Int, across: Int, _ lines: Int, _ reach: Int
    ) {
        for line in 0..<lines {
            let first = line * across
            let before = (0..<count).map { pixels[first + $0 * step] }
            // The end of what the last pixel covers.
            var end = 0
            for place in 0..<count where before[place] {
                for covered in max(end, place - reach)..<max(end, min(count, place + reach + 1)) {
                    pixels[first + covered * step] = true
                }
                end = max(end, min(count, place + reach + 1))
            }
        }
    }

    /// A part of it; what lies beyond the picture is mirrored, as the picture is.
    func part(x: Range<Int>, y: Range<Int>) -> [Bool] {
        let columns = x.map { EditablePicture.mirrored($0, width) }
        return y.flatMap { row in
            let first = EditablePicture.mirrored(row, height) * width
            return columns.map { pixels[first + $0] }
        }
    }

    /// A part of the picture.
    typealias Box = (x: Range<Int>, y: Range<Int>)

    /// The share of a box that is to be changed.
    func share(of box: Box) -> Double {
        let count = box.y.reduce(0) { sum, row in
            sum + box.x.count { pixels[row * width + $0] }
        }
        return Double(count) / Double(box.x.count * box.y.count)
    }

    /// Boxes around what belongs together: gaps of up to `gap` pixels do not separate.
    func boxes(gap: Int) -> [Box] {
        // Cells of that size are told apart instead of pixels.
        let cell = max(1, gap)
        let (columns, rows) = ((width + cell - 1) / cell, (height + cell - 1) / cell)
        var isCovered = [Bool](repeating: false, count: columns * rows)
        for row in 0..<height {
            for column in 0..<width where pixels[row * width + column] {
                isCovered[row / cell * columns + column / cell] = true
            }
        }
        var boxes: [Box] = []
        for start in isCovered.indices where isCovered[start] {
            isCovered[start] = false
            var (left, right, top, bottom) = (columns, 0, rows, 0)
            var waiting = [start]
            while let place = waiting.popLast() {
                let (row, column) = place.quotientAndRemainder(dividingBy: columns)
                (left, right) = (min(left, column), max(right, column + 1))
                (top, bottom) = (min(top, row), max(bottom, row + 1))
                for y in max(0, row - 1)...min(rows - 1, row + 1) {
                    for x in max(0, column - 1)...min(columns - 1, column + 1)
                    where isCovered[y * columns + x] {
                        isCovered[y * columns + x] = false
                        waiting.append(y * columns + x)
                    }
                }
            }
            boxes.append(
                (left * cell..<min(width, right * cell), top * cell..<min(height, bottom * cell)))
        }
        return boxes
    }
}

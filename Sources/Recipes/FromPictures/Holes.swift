internal import Tensors

/// Holes in pictures as people make them: strokes of a brush, things that are cut out, and missing borders (after LaMa;
/// Suvorov et al., 2022).
///
/// A hole is a function of some numbers in 0..<1, made by basic arithmetic alone, so that it has the same bits on every
/// host.
struct Holes {
    /// How many numbers a hole is drawn by.
    static let draws = 50

    private var draws: ArraySlice<Float>
    private let (height, width): (Int, Int)
    private var mask: [Float]

    /// Masks `[pictures, 1, height, width]`, 1 in each hole and 0 around it.
    ///
    /// - Parameter draws: ``draws`` numbers for each picture.
    static func masks(_ draws: [[Float]], height: Int, width: Int) -> Tensor {
        let masks = draws.flatMap { draws in
            var holes = Holes(draws, height: height, width: width)
            holes.draw()
            return holes.mask
        }
        return Tensor(masks, shape: [draws.count, 1, height, width])
    }

    private init(_ draws: [Float], height: Int, width: Int) {
        self.draws = draws[...]
        (self.height, self.width) = (height, width)
        mask = Array(repeating: 0, count: height * width)
    }

    private var side: Float { Float(min(height, width)) }

    private mutating func draw() {
        switch next(0..<1) {
        case ..<0.5: strokes()
        case ..<0.75: thing()
        default: rectangle()
        }
    }

    /// The next number, in a range.
    private mutating func next(_ range: Range<Float>) -> Float {
        range.lowerBound + draws.removeFirst() * (range.upperBound - range.lowerBound)
    }

    private mutating func whole(_ range: ClosedRange<Int>) -> Int {
        let number = next(Float(range.lowerBound)..<Float(range.upperBound + 1))
        return min(range.upperBound, Int(number))
    }

    /// One to four chains of one to four segments.
    private mutating func strokes() {
        for _ in 0..<whole(1...4) {
            var (x, y) = (next(0..<Float(width)), next(0..<Float(height)))
            let radius = next(0.03..<0.1) * side
            for _ in 0..<whole(1...4) {
                let (right, down) = (next(-0.4..<0.4) * side, next(-0.4..<0.4) * side)
                stroke(from: (x, y), by: (right, down), radius)
                (x, y) = (x + right, y + down)
            }
        }
    }

    /// All pixels within a radius of a segment.
    private mutating func stroke(
        from start: (x: Float, y: Float), by way: (x: Float, y: Float), _ radius: Float
    ) {
        let length = max(way.x * way.x + way.y * way.y, 1e-6)
        let (left, top) = (min(start.x, start.x + way.x), min(start.y, start.y + way.y))
        fill(
            x: left - radius..<left + abs(way.x) + radius,
            y: top - radius..<top + abs(way.y) + radius
        ) { x, y in
            let (right, down) = (x - start.x, y - start.y)
            let share = max(0, min(1, (right * way.x + down * way.y) / length))
            let (across, along) = (right - share * way.x, down - share * way.y)
            return across * across + along * along <= radius * radius
        }
    }

    /// Two to five ellipses around one place, as the outline of a thing.
    private mutating func thing() {
        let (x, y) = (next(0.2..<0.8) * Float(width), next(0.2..<0.8) * Float(height))
        for _ in 0..<whole(2...5) {
            let centre = (x: x + next(-0.15..<0.15) * side, y: y + next(-0.15..<0.15) * side)
            let (wide, high) = (next(0.06..<0.25) * side, next(0.06..<0.25) * side)
            fill(
                x: centre.x - wide..<centre.x + wide, y: centre.y - high..<centre.y + high
            ) { x, y in
                let (right, down) = ((x - centre.x) / wide, (y - centre.y) / high)
                return right * right + down * down <= 1
            }
        }
    }

    /// A rectangle; one of three is a border of the picture.
    private mutating func rectangle() {
        let (wide, high) = (next(0.15..<0.55) * Float(width), next(0.15..<0.55) * Float(height))
        let (left, top) = (
            next(0..<1) * (Float(width) - wide), next(0..<1) * (Float(height) - high)
        )
        switch whole(0...11) {
        case 0: fill(x: 0..<wide, y: 0..<Float(height))
        case 1: fill(x: Float(width) - wide..<Float(width), y: 0..<Float(height))
        case 2: fill(x: 0..<Float(width), y: 0..<high)
        case 3: fill(x: 0..<Float(width), y: Float(height) - high..<Float(height))
        default: fill(x: left..<left + wide, y: top..<top + high)
        }
    }

    /// Makes a hole of those pixels whose centres are within two ranges, and within a shape.
    private mutating func fill(
        x: Range<Float>, y: Range<Float>,
        where isInside: (_ x: Float, _ y: Float) -> Bool = { _, _ in true }
    ) {
        for row in Self.pixels(y, of: height) {
            for column in Self.pixels(x, of: width)
            where isInside(Float(column) + 0.5, Float(row) + 0.5) {
                mask[row * width + column] = 1
            }
        }
    }

    private static func pixels(_ range: Range<Float>, of extent: Int) -> Range<Int> {
        let first = max(0, min(extent, Int(range.lowerBound.rounded())))
        return first..<max(first, min(extent, Int(range.upperBound.rounded())))
    }
}

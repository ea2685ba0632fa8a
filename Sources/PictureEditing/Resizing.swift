internal import Pictures
internal import Tensors

extension EditablePicture {
    /// The whole picture or a part of it as `[1, 3, height, width]`, brought to another size; what lies beyond the picture is
    /// mirrored.
    ///
    /// Where it becomes much smaller, means of whole pixels come first, a strip at a time, so that a large picture is never in
    /// memory as floats.
    func colours(x: Range<Int>, y: Range<Int>, height: Int, width: Int) -> Tensor {
        let step = max(1, min(y.count / (2 * height), x.count / (2 * width)))
        let (columns, rows) = (x.count / step, y.count / step)
        var means = [Float](repeating: 0, count: 3 * columns * rows)
        for row in 0..<rows {
            let top = y.lowerBound + row * step
            let planes = region(x: x, y: top..<(top + step))
            for plane in 0..<3 {
                for line in 0..<step {
                    let from = (plane * step + line) * x.count
                    let to = (plane * rows + row) * columns
                    for place in 0..<(columns * step) {
                        means[to + place / step] += planes[from + place]
                    }
                }
            }
        }
        let area = Float(step * step)
        let reduced = Tensor(means.map { $0 / area }, shape: [1, 3, rows, columns])
        return withoutGradients { reduced.resampledBicubic(height: height, width: width) }
    }
}

/// The size with this longest side at most, and the same proportions; both sides are at least 1.
func fitted(width: Int, height: Int, longest: Int) -> (width: Int, height: Int) {
    let largest = max(width, height)
    guard largest > longest else { return (width, height) }
    func side(_ side: Int) -> Int { max(1, (side * longest + largest / 2) / largest) }
    return (side(width), side(height))
}

extension Tensor {
    /// An image with mirrored pixels below and to the right, up to sides that are multiples of a number.
    func mirrored(toMultiplesOf multiple: Int) -> Tensor {
        func mirrored(_ image: Tensor, _ dimension: Int) -> Tensor {
            let extent = image.shape[dimension]
            let wanted = (extent + multiple - 1) / multiple * multiple
            guard wanted > extent else { return image }
            let turned = image.permuted(dimension == 2 ? [2, 0, 1, 3] : [3, 0, 1, 2])
            let period = max(1, 2 * (extent - 1))
            let places = (0..<wanted).map { place in
                min(place % period, period - place % period)
            }
            return turned.gathered(places).permuted(dimension == 2 ? [1, 2, 0, 3] : [1, 2, 3, 0])
        }
        return mirrored(mirrored(self, 2), 3)
    }
}

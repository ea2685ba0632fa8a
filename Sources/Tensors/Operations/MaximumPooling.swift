extension Tensor {
    /// The largest element of each window of `factor` steps in each spatial dimension; windows do not overlap, and the
    /// first of equal elements counts.
    ///
    /// - Parameter factor: The window's side, which must divide each spatial extent of `[batch, channels, spatial…]`.
    public func maximumPooled(by factor: Int) -> Tensor {
        require(
            shape.rank > 2 && factor > 0 && shape.dropFirst(2).allSatisfy { $0 % factor == 0 },
            "\(shape) is not made of windows of \(factor)")
        let target = Shape(Array(shape.prefix(2)) + shape.dropFirst(2).map { $0 / factor })
        return picked(value.placesOfMaxima(in: target, factor), shape: target)
    }

    /// The largest element of each of `windows` along a dimension; the first of equal elements counts.
    ///
    /// Windows may overlap, and must not be empty. Images that are pooled along columns, then along rows, are pooled by
    /// rectangles.
    public func maximumPooled(_ dimension: Int, over windows: [Range<Int>]) -> Tensor {
        let extent = dimension < shape.rank ? shape[dimension] : 0
        require(
            windows.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= extent },
            "\(windows) are not windows in dimension \(dimension) of \(shape)")
        var target = shape
        target[dimension] = windows.count
        return picked(value.placesOfMaxima(dimension, windows), shape: target)
    }
}

extension NDArray {
    /// For each window, the place of its largest element in row order.
    fileprivate func placesOfMaxima(in target: Shape, _ factor: Int) -> [Int] {
        let source = self.in(.plain)
        let offsets = offsets(inWindowOf: factor)
        var corner = 0
        var index = Array(repeating: 0, count: target.rank)
        let strides = shape.strides
        return withExtendedLifetime(source) {
            (0..<target.elementCount).map { _ in
                var best = corner
                for offset in offsets
                where source.pointer[corner + offset] > source.pointer[best] {
                    best = corner + offset
                }
                for d in stride(from: target.rank - 1, through: 0, by: -1) {
                    let step = strides[d] * (d < 2 ? 1 : factor)
                    index[d] += 1
                    corner += step
                    if index[d] < target[d] { break }
                    corner -= step * index[d]
                    index[d] = 0
                }
                return best
            }
        }
    }

    fileprivate func placesOfMaxima(_ dimension: Int, _ windows: [Range<Int>]) -> [Int] {
        let source = self.in(.plain)
        let inner = shape.dropFirst(dimension + 1).elementCount
        let outer = shape.prefix(dimension).reduce(1, *)
        var places: [Int] = []
        places.reserveCapacity(outer * windows.count * inner)
        withExtendedLifetime(source) {
            for row in 0..<(outer * windows.count) {
                let window = windows[row % windows.count]
                let start = row / windows.count * shape[dimension] * inner
                for column in start..<(start + inner) {
                    var best = column + window.lowerBound * inner
                    let end = column + window.upperBound * inner
                    for place in stride(from: best, to: end, by: inner)
                    where source.pointer[place] > source.pointer[best] {
                        best = place
                    }
                    places.append(best)
                }
            }
        }
        return places
    }

    private func offsets(inWindowOf factor: Int) -> [Int] {
        let strides = shape.strides
        return (2..<shape.rank).reduce([0]) { offsets, d in
            offsets.flatMap { offset in (0..<factor).map { offset + $0 * strides[d] } }
        }
    }
}

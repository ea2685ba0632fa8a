extension Tensor {
    /// The largest element of each window of `factor` steps a spatial dimension, without overlap; of equals, the first.
    ///
    /// - Parameter factor: Divides each of the spatial extents of `[batch, channels, spatial…]`.
    public func maximumPooled(by factor: Int) -> Tensor {
        require(
            shape.rank > 2 && factor > 0 && shape.dropFirst(2).allSatisfy { $0 % factor == 0 },
            "\(shape) is not made of windows of \(factor)")
        let target = Shape(Array(shape.prefix(2)) + shape.dropFirst(2).map { $0 / factor })
        return picked(value.placesOfMaxima(in: target, factor), shape: target)
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

    private func offsets(inWindowOf factor: Int) -> [Int] {
        let strides = shape.strides
        return (2..<shape.rank).reduce([0]) { offsets, d in
            offsets.flatMap { offset in (0..<factor).map { offset + $0 * strides[d] } }
        }
    }
}

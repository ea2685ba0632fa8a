extension Tensor {
    /// log softmax over the last dimension: x - log Σ eˣ, without overflow.
    public func logSoftmax() -> Tensor {
        let last = shape.rank - 1
        require(last >= 0, "a scalar has no dimension to compare along")
        // Subtracting the largest element only shifts the exponential's range, so it has no part in the derivative.
        let shifted = self - Tensor(value.maximumOfRows())
        return shifted - shifted.exponential().sum(over: [last]).logarithm()
    }

    /// The mean over rows of -log softmax at each row's class, for `[rows, classes]`.
    public func crossEntropy(_ classes: [Int]) -> Tensor {
        require(
            shape.rank == 2 && classes.count == shape[0]
                && classes.allSatisfy { (0..<shape[1]).contains($0) },
            "\(shape) does not have a row for each of \(classes.count) classes")
        let places = classes.enumerated().map { row, label in row * shape[1] + label }
        return -logSoftmax().picked(places, shape: [classes.count]).mean()
    }

    /// eˣ / Σ eˣ over the last dimension.
    public func softmax() -> Tensor { logSoftmax().exponential() }
}

extension NDArray {
    /// The largest element of each row of the last dimension, `[…, 1]`.
    fileprivate func maximumOfRows() -> NDArray {
        let source = self.in(.plain)
        let length = shape[shape.rank - 1]
        var target = shape
        target[shape.rank - 1] = 1
        let result = NDArray(uninitialized: target)
        withExtendedLifetime((source, result)) {
            for row in 0..<result.count {
                let values = UnsafeBufferPointer(
                    start: source.pointer + row * length, count: length)
                result.pointer[row] = values.max() ?? 0
            }
        }
        return result
    }
}

extension Tensor {
    /// 1 at the largest element of each row of the last dimension, where that is positive, and 0 elsewhere.
    ///
    /// The gradient is that of the odds, a softmax with one more element of 0, as if these odds had been the result.
    /// This is the straight-through estimator (Bengio et al., 2013).
    public func chosen() -> Tensor {
        let last = shape.rank - 1
        require(last >= 0 && shape[last] > 0, "\(shape) has nothing to choose among")
        let odds = padded(last, before: 0, after: 1).softmax().sliced(last, 0..<shape[last])
        return Tensor(value.chosen()) + (odds - odds.detached())
    }
}

extension NDArray {
    fileprivate func chosen() -> NDArray {
        let source = self.in(.plain)
        let length = shape[shape.rank - 1]
        let result = NDArray(repeating: 0, shape: shape)
        withExtendedLifetime((source, result)) {
            for start in stride(from: 0, to: count, by: length) {
                let best = (start..<(start + length)).max {
                    source.pointer[$0] < source.pointer[$1]
                }
                if let best, source.pointer[best] > 0 { result.pointer[best] = 1 }
            }
        }
        return result
    }
}

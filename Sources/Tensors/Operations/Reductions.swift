// Sums and repetitions are each other's derivatives.
extension Tensor {
    /// The sum over everything that was repeated to bring `target` to this shape.
    public func summed(to target: Shape) -> Tensor {
        if target == shape { return self }
        let full = shape
        return recording("sum", value.summed(to: target), (self, { $0.broadcast(to: full) }))
    }

    /// This tensor with its extents of one repeated up to `target`.
    public func broadcast(to target: Shape) -> Tensor {
        if target == shape { return self }
        let own = shape
        return recording("broadcast", value.broadcast(to: target), (self, { $0.summed(to: own) }))
    }

    /// The sum over the given dimensions, which stay as extents of one.
    public func sum(over dimensions: [Int]) -> Tensor {
        var target = shape
        for dimension in dimensions { target[dimension] = 1 }
        return summed(to: target)
    }

    /// The mean over the given dimensions, which stay as extents of one.
    public func mean(over dimensions: [Int]) -> Tensor {
        sum(over: dimensions) / Float(dimensions.reduce(1) { $0 * shape[$1] })
    }

    /// Σx² of each example, `[batch]`.
    public func sumOfSquaresOfExamples() -> Tensor {
        squared().sum(over: Array(shape.indices.dropFirst())).reshaped(to: [shape[0]])
    }

    /// The sum of all elements, a scalar.
    public func sum() -> Tensor { summed(to: []) }

    /// The mean of all elements, a scalar.
    public func mean() -> Tensor { sum() / Float(shape.elementCount) }
}

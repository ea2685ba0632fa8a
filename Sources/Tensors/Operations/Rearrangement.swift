extension Tensor {
    /// The same elements, in row order, under another shape.
    public func reshaped(to target: Shape) -> Tensor {
        if target == shape { return self }
        let own = shape
        return recording("reshape", value.reshaped(to: target), (self, { $0.reshaped(to: own) }))
    }

    /// Everything but the batch flattened into one dimension: `[batch, everything else]`.
    public func flattened() -> Tensor {
        require(shape.rank > 0, "a scalar has no batch to keep")
        return reshaped(to: [shape[0], shape.dropFirst().elementCount])
    }

    /// Dimension `order[i]` moves to place `i`.
    public func permuted(_ order: [Int]) -> Tensor {
        var inverse = order
        for (place, dimension) in order.enumerated() { inverse[dimension] = place }
        return recording("permute", value.permuted(order), (self, { $0.permuted(inverse) }))
    }
}

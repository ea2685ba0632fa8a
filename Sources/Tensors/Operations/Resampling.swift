// Images are `[batch, channels, height, width]`; any number of spatial dimensions will do.
extension Tensor {
    /// The mean of each window of `factor` steps a spatial dimension, without overlap.
    public func averagePooled(by factor: Int) -> Tensor {
        windows(of: factor).pooled(factor)
    }

    /// Every pixel repeated `factor` times in each spatial dimension.
    public func upsampledNearest(by factor: Int) -> Tensor {
        precondition(shape.rank > 2 && factor > 0, "\(shape) cannot be enlarged by \(factor)")
        let spatial = shape.dropFirst(2)
        let outer = Array(shape.prefix(2))
        return reshaped(to: Shape(outer + spatial.flatMap { [$0, 1] }))
            .broadcast(to: Shape(outer + spatial.flatMap { [$0, factor] }))
            .reshaped(to: Shape(outer + spatial.map { $0 * factor }))
    }

    /// Channels to pixels (Shi et al., 2016): `[batch, channels · factor², height, width]` to
    /// `[batch, channels, height · factor, width · factor]`.
    public func pixelShuffled(by factor: Int) -> Tensor {
        precondition(
            shape.rank == 4 && factor > 0 && shape[1] % (factor * factor) == 0,
            "\(shape) has no \(factor) x \(factor) pixels in its channels")
        let channels = shape[1] / (factor * factor)
        return reshaped(to: [shape[0], channels, factor, factor, shape[2], shape[3]])
            .permuted([0, 1, 4, 2, 5, 3])
            .reshaped(to: [shape[0], channels, shape[2] * factor, shape[3] * factor])
    }

    /// Each spatial dimension as two: which window, and where in it.
    private func windows(of factor: Int) -> Tensor {
        let spatial = shape.dropFirst(2)
        precondition(
            shape.rank > 2 && factor > 0 && spatial.allSatisfy { $0 % factor == 0 },
            "\(shape) is not made of windows of \(factor)")
        return reshaped(
            to: Shape(Array(shape.prefix(2)) + spatial.flatMap { [$0 / factor, factor] }))
    }

    private func pooled(_ factor: Int) -> Tensor {
        let means = mean(over: Array(stride(from: 3, to: shape.rank, by: 2)))
        let kept = Array(stride(from: 2, to: shape.rank, by: 2)).map { shape[$0] }
        return means.reshaped(to: Shape(Array(shape.prefix(2)) + kept))
    }
}

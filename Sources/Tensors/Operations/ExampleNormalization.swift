// These normalize single examples; the normalization of a batch has a kernel of its own.
extension Tensor {
    /// Brings all numbers of each example to mean 0 and variance 1 (Ba et al., 2016).
    public func layerNormalized(epsilon: Float = 1e-5) -> Tensor {
        normalized(over: Array(shape.indices.dropFirst()), epsilon)
    }

    /// Brings the pixels of each channel of each example to mean 0 and variance 1 (Ulyanov et al., 2016).
    public func instanceNormalized(epsilon: Float = 1e-5) -> Tensor {
        normalized(over: Array(shape.indices.dropFirst(2)), epsilon)
    }

    /// Brings the channels of each pixel to mean square 1 (Karras et al., 2018).
    public func pixelNormalized(epsilon: Float = 1e-8) -> Tensor {
        require(shape.rank > 1, "\(shape) has no channels")
        return self / (squared().mean(over: [1]) + epsilon).squareRoot()
    }

    /// √Σx² over the given dimensions, which stay as extents of one; `epsilon` keeps the slope at zero finite.
    public func norm(over dimensions: [Int], epsilon: Float = 1e-12) -> Tensor {
        (squared().sum(over: dimensions) + epsilon).squareRoot()
    }

    private func normalized(over dimensions: [Int], _ epsilon: Float) -> Tensor {
        require(!dimensions.isEmpty, "\(shape) has nothing to normalize over")
        let centered = self - mean(over: dimensions)
        return centered / (centered.squared().mean(over: dimensions) + epsilon).squareRoot()
    }
}

extension Tensor {
    /// Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it (Ioffe & Szegedy, 2015).
    ///
    /// Scale and shift are `[channels]`; `epsilon` is added to the variance.
    ///
    /// - Returns: A tensor of this shape, `[batch, channels, spatial…]`, and the statistics it was normalized by.
    public func batchNormalized(
        scale: Tensor, shift: Tensor, epsilon: Float = 1e-5
    ) -> (output: Tensor, statistics: BatchStatistics) {
        require(
            shape.rank >= 2 && scale.shape == [shape[1]] && shift.shape == scale.shape,
            "\(shape) has channels in its second dimension; scale \(scale.shape) and shift \(shift.shape) must match them"
        )
        let (value, statistics) = value.normalized(
            scale: scale.value, shift: shift.value, epsilon: epsilon)
        let gradients = BatchNormalizationGradients(
            input: self, scale: scale, statistics: statistics, epsilon: epsilon)
        let output = recording(
            "batchNormalization", value,
            (self, { gradients.given($0).input }), (scale, { gradients.given($0).scale }),
            (shift, { gradients.given($0).shift }))
        return (output, statistics)
    }

    /// Normalizes each channel by given statistics instead of its own, then scales and shifts it.
    public func normalized(
        by statistics: BatchStatistics, scale: Tensor, shift: Tensor, epsilon: Float = 1e-5
    ) -> Tensor {
        guard Lane.current.isRecording, isRecorded || scale.isRecorded || shift.isRecorded else {
            return Tensor(
                value.normalized(
                    by: statistics, scale: scale.value, shift: shift.value, epsilon: epsilon))
        }
        let channels = Shape([shape[1]] + Array(repeating: 1, count: shape.rank - 2))
        let factor = scale / (Tensor(statistics.variance) + epsilon).squareRoot()
        let offset = shift - Tensor(statistics.mean) * factor
        return (self * factor.reshaped(to: channels)).biased(by: offset)
    }
}

/// The three gradients of one batch normalization, computed together and handed out one by one.
private final class BatchNormalizationGradients {
    typealias Gradients = (input: Tensor, scale: Tensor, shift: Tensor)
    private let input: Tensor
    private let scale: Tensor
    private let statistics: BatchStatistics
    private let epsilon: Float
    private var computed: (upstream: Storage, gradients: Gradients)?

    init(input: Tensor, scale: Tensor, statistics: BatchStatistics, epsilon: Float) {
        self.input = input
        self.scale = scale
        self.statistics = statistics
        self.epsilon = epsilon
    }

    func given(_ upstream: Tensor) -> Gradients {
        if Lane.current.isRecording { return differentiable(upstream) }
        if let computed, computed.upstream === upstream.value.storage { return computed.gradients }
        let result = input.value.normalizationGradients(
            upstream.value, statistics, scale: scale.value, epsilon: epsilon)
        let gradients = (Tensor(result.input), Tensor(result.scale), Tensor(result.shift))
        computed = (upstream.value.storage, gradients)
        return gradients
    }

    /// The same gradients made of tensor operations, for gradients of gradients.
    private func differentiable(_ upstream: Tensor) -> Gradients {
        let channels = Shape(
            [1, scale.shape[0]] + Array(repeating: 1, count: input.shape.rank - 2))
        let others = [0] + Array(2..<input.shape.rank)
        let centered = input - input.mean(over: others)
        let inverse = (centered.squared().mean(over: others) + epsilon).squareRoot().reciprocal()
        let normalized = centered * inverse
        let scaled = upstream * scale.reshaped(to: channels)
        let gradient =
            inverse
            * (scaled - scaled.mean(over: others) - normalized
                * (scaled * normalized).mean(over: others))
        return (
            gradient, (upstream * normalized).sum(over: others).reshaped(to: scale.shape),
            upstream.sum(over: others).reshaped(to: scale.shape)
        )
    }
}

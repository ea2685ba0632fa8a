internal import CKernels

/// The statistics that batch normalization found in a batch: mean and variance of each channel, `[channels]`.
public struct BatchStatistics {
    public let mean: NDArray
    public let variance: NDArray

    public init(mean: NDArray, variance: NDArray) {
        self.mean = mean
        self.variance = variance
    }
}

extension NDArray {
    /// Brings each channel of `[batch, channels, spatial…]` to mean 0 and variance 1, then scales and shifts it.
    func normalized(
        scale: NDArray, shift: NDArray, epsilon: Float
    ) -> (output: NDArray, statistics: BatchStatistics) {
        let output = NDArray(uninitialized: shape, layout: layout)
        let statistics = BatchStatistics(
            mean: NDArray(uninitialized: scale.shape), variance: NDArray(uninitialized: scale.shape)
        )
        var channels = channels
        kernel_normalize(
            &channels, epsilon, output.pointer, statistics.mean.pointer,
            statistics.variance.pointer, pointer,
            scale.pointer, shift.pointer)
        return (output, statistics)
    }

    /// The same as ``normalized(scale:shift:epsilon:)``, but with statistics that were found before.
    func normalized(by statistics: BatchStatistics, scale: NDArray, shift: NDArray, epsilon: Float)
        -> NDArray
    {
        let output = NDArray(uninitialized: shape, layout: layout)
        var channels = channels
        withExtendedLifetime((self, statistics, scale, shift)) {
            kernel_normalize_by(
                &channels, epsilon, output.pointer, statistics.mean.pointer,
                statistics.variance.pointer, pointer, scale.pointer, shift.pointer)
        }
        return output
    }

    func normalizationGradients(
        _ upstream: NDArray, _ statistics: BatchStatistics, scale: NDArray, epsilon: Float
    ) -> (input: NDArray, scale: NDArray, shift: NDArray) {
        let upstream = upstream.in(layout)
        let result = (
            input: NDArray(uninitialized: shape, layout: layout),
            scale: NDArray(uninitialized: scale.shape),
            shift: NDArray(uninitialized: scale.shape)
        )
        var channels = channels
        withExtendedLifetime((upstream, statistics, scale)) {
            kernel_normalize_gradient(
                &channels, epsilon, result.input.pointer, result.scale.pointer,
                result.shift.pointer, upstream.pointer, pointer, statistics.mean.pointer,
                statistics.variance.pointer, scale.pointer)
        }
        return result
    }

    private var channels: KernelChannels {
        let spatial = shape.dropFirst(2).elementCount
        switch layout {
        case .blocked(let block):
            return KernelChannels(
                batch: Int64(shape[0]), blocks: Int64(shape[1] / block), spatial: Int64(spatial),
                width: Int64(block))
        case .plain where spatial == 1:
            return KernelChannels(
                batch: 1, blocks: 1, spatial: Int64(shape[0]), width: Int64(shape[1]))
        case .plain:
            return KernelChannels(
                batch: Int64(shape[0]), blocks: Int64(shape[1]), spatial: Int64(spatial), width: 1)
        }
    }
}

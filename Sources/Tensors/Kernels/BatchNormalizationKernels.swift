internal import COneDNN

/// What batch normalization found in a batch: mean and variance of each channel, `[channels]`.
public struct BatchStatistics {
    public let mean: NDArray
    public let variance: NDArray
}

extension KernelLibrary {
    func batchNormalization(
        _ input: NDArray, scale: NDArray, shift: NDArray, epsilon: Float
    ) -> (output: NDArray, statistics: BatchStatistics) {
        let source = input.in(.preferred(for: input.shape))
        let statistics = BatchStatistics(
            mean: NDArray(uninitialized: scale.shape), variance: NDArray(uninitialized: scale.shape))
        let output = NDArray(uninitialized: source.shape, layout: source.layout)
        let key = PrimitiveKey(
            operation: .batchNormalization, first: source.shape, layout: source.layout, epsilon: epsilon)
        let primitive = primitive(key) {
            Primitive(
                description(of: source, epsilon, backward: false),
                arguments: [
                    DNNL_ARG_SRC, DNNL_ARG_SCALE, DNNL_ARG_SHIFT, DNNL_ARG_MEAN, DNNL_ARG_VARIANCE, DNNL_ARG_DST,
                ], for: key)
        }
        run(
            primitive, source.storage, scale.storage, shift.storage, statistics.mean.storage,
            statistics.variance.storage, output.storage)
        return (output, statistics)
    }

    func batchNormalizationGradient(
        _ upstream: NDArray, _ input: NDArray, _ statistics: BatchStatistics, scale: NDArray, epsilon: Float
    ) -> (input: NDArray, scale: NDArray, shift: NDArray) {
        let source = input.in(.preferred(for: input.shape))
        let gradient = upstream.in(source.layout)
        let key = PrimitiveKey(
            operation: .batchNormalizationGradient, first: source.shape, layout: source.layout, epsilon: epsilon)
        let primitive = primitive(key) {
            Primitive(
                description(of: source, epsilon, backward: true),
                arguments: [
                    DNNL_ARG_SRC, DNNL_ARG_MEAN, DNNL_ARG_VARIANCE, DNNL_ARG_DIFF_DST, DNNL_ARG_SCALE,
                    DNNL_ARG_DIFF_SRC, DNNL_ARG_DIFF_SCALE, DNNL_ARG_DIFF_SHIFT,
                ], for: key)
        }
        let result = (
            input: NDArray(uninitialized: source.shape, layout: source.layout),
            scale: NDArray(uninitialized: scale.shape), shift: NDArray(uninitialized: scale.shape)
        )
        run(
            primitive, source.storage, statistics.mean.storage, statistics.variance.storage, gradient.storage,
            scale.storage, result.input.storage, result.scale.storage, result.shift.storage)
        return result
    }

    private func description(of source: NDArray, _ epsilon: Float, backward: Bool) -> dnnl_primitive_desc_t? {
        let layout = PackedLayout(source.shape, source.layout)
        return withExtendedLifetime(layout) {
            onednn_batch_normalization_create(Self.engine, layout.handle, epsilon, backward ? 1 : 0)
        }
    }
}

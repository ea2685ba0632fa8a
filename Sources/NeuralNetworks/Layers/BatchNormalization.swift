public import Tensors

/// Batch normalization (Ioffe & Szegedy, 2015) over the microbatch: ghost batch normalization (Hoffer et al., 2017).
///
/// The result does not depend on which worker holds which part of the batch. In evaluation the layer uses running
/// statistics, which travel and are averaged with the gradients.
public struct BatchNormalization: Layer {
    private let scale: Parameter
    private let shift: Parameter
    private let mean: Parameter
    private let variance: Parameter
    private let epsilon: Float = 1e-5

    public init(
        _ tree: inout ParameterTree, _ name: String, channels: Int,
        initialScale: Initializer = .constant(1)
    ) {
        scale = tree.weight("\(name).scale", [channels], initially: initialScale)
        shift = tree.weight("\(name).shift", [channels], initially: .constant(0))
        mean = tree.statistic("\(name).mean", [channels], initially: 0)
        variance = tree.statistic("\(name).variance", [channels], initially: 1)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        switch pass.mode {
        case .training:
            let (output, statistics) = input.batchNormalized(
                scale: pass[scale], shift: pass[shift], epsilon: epsilon)
            pass.observe(mean, statistics.mean)
            pass.observe(variance, statistics.variance)
            return output
        case .evaluation:
            return input.normalized(
                by: BatchStatistics(mean: pass[mean].value, variance: pass[variance].value),
                scale: pass[scale], shift: pass[shift], epsilon: epsilon)
        }
    }
}

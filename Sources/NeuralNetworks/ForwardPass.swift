public import Tensors

/// One use of a network's weights on one lane: which weights, whether gradients are wanted, and what was observed.
public final class ForwardPass {
    public enum Mode: Sendable {
        /// Layers that normalize use the statistics of their batch, and report them.
        case training
        /// They use the running statistics in the weights.
        case evaluation
    }

    public let mode: Mode
    private let parameters: [Tensor]
    private var observations: [Int: [NDArray]] = [:]

    /// - Parameter isDifferentiable: Whether gradients for the weights are wanted; without, none are computed.
    public init(_ weights: NetworkWeights, _ mode: Mode, isDifferentiable: Bool) {
        self.mode = mode
        parameters = weights.arrays.map { isDifferentiable ? .variable($0) : Tensor($0) }
    }

    public subscript(parameter: Parameter) -> Tensor { parameters[parameter.index] }

    /// Reports a statistic of this batch; the server blends the mean over all leaves into the running one.
    public func observe(_ statistic: Parameter, _ value: NDArray) {
        guard mode == .training else { return }
        observations[statistic.index, default: []].append(value)
    }

    /// Each observed statistic's mean over the batches of this pass, in the order they came.
    var statistics: [Int: NDArray] {
        observations.mapValues { values in
            let sum = values.dropFirst().reduce(Tensor(values[0])) { $0 + Tensor($1) }
            return (sum / Float(values.count)).value
        }
    }
}

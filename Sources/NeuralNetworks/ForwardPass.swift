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
    /// Follows the pass, or leads it along an earlier one; see ``LinearizedCritic``.
    let linearization: Linearization?

    /// - Parameter isDifferentiable: Whether gradients for the weights are wanted; without, none are computed.
    public convenience init(_ weights: NetworkWeights, _ mode: Mode, isDifferentiable: Bool) {
        self.init(weights, mode, isDifferentiable: isDifferentiable, linearization: nil)
    }

    init(
        _ weights: NetworkWeights, _ mode: Mode, isDifferentiable: Bool,
        linearization: Linearization?
    ) {
        self.mode = mode
        self.linearization = linearization
        parameters = weights.arrays.map { isDifferentiable ? .variable($0) : Tensor($0) }
    }

    public subscript(parameter: Parameter) -> Tensor { parameters[parameter.index] }

    /// A product of the input with a weight, linear in each, and a bias for each channel (dimension 1).
    ///
    /// Layers with weights compute through this, so that a pass can be followed and led.
    func affine(
        _ input: Tensor, weight: Parameter, bias: Parameter?,
        _ product: (_ input: Tensor, _ weight: Tensor) -> Tensor
    ) -> Tensor {
        if let linearization, linearization.isLeading {
            return linearization.led(input, weight: weight, bias: bias, pass: self, product)
        }
        let result = product(input, self[weight])
        let output = bias.map { result.biased(by: self[$0]) } ?? result
        linearization?.follow(product: output)
        return output
    }

    /// x where positive, slope · x elsewhere.
    func leaky(_ input: Tensor, slope: Float) -> Tensor {
        if let linearization, linearization.isLeading {
            return linearization.led(input, slope: slope)
        }
        let output = input.leakyRelu(slope: slope)
        linearization?.follow(unit: output)
        return output
    }

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

public import Tensors

/// A layer whose inner results are let go after the forward pass and computed again in the backward one
/// (Chen et al., 2016): memory for time.
public struct Checkpointed: Layer {
    private let layer: any Layer

    public init(_ layer: any Layer) { self.layer = layer }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let (draws, labels) = (pass.drawsMade, pass.labels)
        let (output, used) = pass.noting { withoutGradients { layer(input, pass) } }
        return output.computedAgain(from: [input] + used.map { pass[$0] }) { inputs in
            layer(
                inputs[0],
                pass.again(
                    used, as: Array(inputs.dropFirst()), drawsMade: draws, labels: labels))
        }
    }
}

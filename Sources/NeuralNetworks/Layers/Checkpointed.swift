public import Tensors

/// A layer that releases its inner results after the forward pass and computes them again in the backward pass, which
/// trades time for memory (Chen et al., 2016).
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

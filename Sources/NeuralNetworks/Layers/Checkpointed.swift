public import Tensors

/// A layer whose inner results are let go after the forward pass and computed again in the backward one
/// (Chen et al., 2016): memory for time.
public struct Checkpointed: Layer {
    private let layer: any Layer

    public init(_ layer: any Layer) { self.layer = layer }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let draws = pass.drawsMade
        let output = withoutGradients { layer(input, pass) }
        return output.computedAgain(from: [input] + pass.variables) { inputs in
            let again = pass.again(with: Array(inputs.dropFirst()), drawsMade: draws)
            return layer(inputs[0], again)
        }
    }
}

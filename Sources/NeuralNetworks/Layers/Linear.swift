public import Tensors

/// x · W + b, from `[batch, inputs]` to `[batch, outputs]`.
public struct Linear: Layer {
    private let weight: Parameter
    private let bias: Parameter?

    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int,
        hasBias: Bool = true,
        initially: Initializer? = nil
    ) {
        // He et al., 2015, for units that pass half of what reaches them.
        let initially = initially ?? .normal(deviation: (2 / Float(inputs)).squareRoot())
        weight = tree.weight("\(name).weight", [inputs, outputs], initially: initially)
        bias = hasBias ? tree.weight("\(name).bias", [outputs], initially: .constant(0)) : nil
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let product = input.matrixProduct(with: pass[weight])
        return bias.map { product + pass[$0] } ?? product
    }
}

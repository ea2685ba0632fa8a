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
        weight = tree.weight(
            "\(name).weight", [inputs, outputs], initially: initially ?? .heNormal(inputs))
        bias = hasBias ? tree.weight("\(name).bias", [outputs], initially: .constant(0)) : nil
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.affine(input, weight: weight, bias: bias) { $0.matrixProduct(with: $1) }
    }

    public var isPiecewiseLinear: Bool { true }
}

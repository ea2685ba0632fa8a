public import Tensors

/// The affine map x · W + b, from `[batch, inputs]` to `[batch, outputs]`.
public struct Linear: Layer {
    private let weight: ScaledWeight
    private let bias: Parameter?

    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int,
        hasBias: Bool = true, scaling: WeightScaling = .none, initially: Initializer? = nil
    ) {
        weight = ScaledWeight(
            &tree, "\(name).weight", [inputs, outputs], inputs: inputs, scaling: scaling,
            initially: initially)
        bias = hasBias ? tree.weight("\(name).bias", [outputs], initially: .constant(0)) : nil
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.affine(input, weight: weight, bias: bias) { $0.matrixProduct(with: $1) }
    }

    public var isPiecewiseLinear: Bool { weight.isStateless }
}

public import Tensors

/// Everything but the batch flattened into one dimension: `[batch, everything else]`.
public struct Flatten: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor { input.flattened() }
    public var isPiecewiseLinear: Bool { true }
}

/// Gives each example another shape.
public struct Reshape: Layer {
    private let example: Shape
    public init(to example: Shape) { self.example = example }
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.reshaped(to: Shape([input.shape[0]] + example))
    }
    public var isPiecewiseLinear: Bool { true }
}

public import Tensors

/// The rectifier, max(x, 0).
public struct ReLU: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.leaky(input, slope: 0)
    }
    public var isPiecewiseLinear: Bool { true }
}

/// x where positive, slope · x elsewhere (Maas et al., 2013).
public struct LeakyReLU: Layer {
    private let slope: Float
    public init(slope: Float = 0.2) { self.slope = slope }
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.leaky(input, slope: slope)
    }
    public var isPiecewiseLinear: Bool { true }
}

/// tanh x, for outputs in -1...1.
public struct Tanh: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor { input.tanh() }
}

/// A choice along the last dimension: 1 at the largest element, where that is positive, and -1 elsewhere.
///
/// The choice is definite, so a critic cannot tell it from data by its sharpness; see ``/Tensors/Tensor/chosen()``.
public struct Choice: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.chosen() * 2 - 1
    }
}

public import Tensors

/// Layers applied one after another.
public struct Sequential: Layer {
    private let layers: [any Layer]

    public init(_ layers: any Layer...) { self.layers = layers }

    public init(_ layers: [any Layer]) { self.layers = layers }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        layers.reduce(input) { $1($0, pass) }
    }

    public var isPiecewiseLinear: Bool { layers.allSatisfy(\.isPiecewiseLinear) }
}

/// x + f(x) (He et al., 2016).
public struct Residual: Layer {
    private let branch: Sequential

    public init(_ layers: any Layer...) { branch = Sequential(layers) }

    public init(_ layers: [any Layer]) { branch = Sequential(layers) }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input + branch(input, pass)
    }

    public var isPiecewiseLinear: Bool { branch.isPiecewiseLinear }
}

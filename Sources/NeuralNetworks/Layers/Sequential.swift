public import Tensors

/// Layers applied one after another.
public struct Sequential: Layer {
    private let layers: [any Layer]

    public init(_ layers: any Layer...) { self.layers = layers }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        layers.reduce(input) { $1($0, pass) }
    }
}

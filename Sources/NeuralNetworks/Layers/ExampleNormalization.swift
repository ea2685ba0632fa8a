public import Tensors

/// Normalizations that see one example at a time, each with a scale and a shift for every channel.
public struct ExampleNormalization: Layer {
    public enum Scope: Sendable {
        /// Over everything in an example (Ba et al., 2016).
        case layer
        /// Over the pixels of each channel of an example (Ulyanov et al., 2016).
        case instance
    }

    private let scope: Scope
    private let scale: Parameter
    private let shift: Parameter

    public init(_ tree: inout ParameterTree, _ name: String, over scope: Scope, channels: Int) {
        self.scope = scope
        scale = tree.weight("\(name).scale", [channels], initially: .constant(1))
        shift = tree.weight("\(name).shift", [channels], initially: .constant(0))
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let normalized =
            switch scope {
            case .layer: input.layerNormalized()
            case .instance: input.instanceNormalized()
            }
        let channels = Shape(
            [input.shape[1]] + Array(repeating: 1, count: input.shape.rank - 2))
        return (normalized * pass[scale].reshaped(to: channels)).biased(by: pass[shift])
    }
}

/// Brings the channels of each pixel to mean square 1 (Karras et al., 2018); it has no weights.
public struct PixelNormalization: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.pixelNormalized()
    }
}

public import Tensors

/// A convolution of images, from `[batch, inputs, height, width]` to `[batch, outputs, …]`, without bias.
public struct Convolution: Layer {
    private let weight: Parameter
    private let geometry: ConvolutionGeometry

    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int, kernel: Int,
        stride: Int = 1,
        padding: Int = 0, initially: Initializer
    ) {
        weight = tree.weight(
            "\(name).weight", [outputs, inputs, kernel, kernel], initially: initially)
        geometry = ConvolutionGeometry(stride: stride, padding: padding)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.convolved(with: pass[weight], geometry)
    }
}

/// A transposed convolution of images, from `[batch, inputs, height, width]` to `[batch, outputs, …]`, without bias.
///
/// Its weights are those of the convolution it transposes: `[inputs, outputs, kernel, kernel]`.
public struct TransposedConvolution: Layer {
    private let weight: Parameter
    private let geometry: ConvolutionGeometry
    private let outputs: Int
    private let kernel: Int
    private let stride: Int
    private let padding: Int

    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int, kernel: Int,
        stride: Int = 1,
        padding: Int = 0, initially: Initializer
    ) {
        weight = tree.weight(
            "\(name).weight", [inputs, outputs, kernel, kernel], initially: initially)
        geometry = ConvolutionGeometry(stride: stride, padding: padding)
        self.outputs = outputs
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let spatial = input.shape.dropFirst(2).map { ($0 - 1) * stride + kernel - 2 * padding }
        return input.convolvedTransposed(
            with: pass[weight], geometry, to: Shape([input.shape[0], outputs] + spatial))
    }
}

public import Tensors

/// A convolution of images, from `[batch, inputs, height, width]` to `[batch, outputs, …]`.
public struct Convolution: Layer {
    private let weight: Parameter
    private let bias: Parameter?
    private let geometry: ConvolutionGeometry

    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int, kernel: Int,
        stride: Int = 1, padding: Int = 0, hasBias: Bool = false, initially: Initializer? = nil
    ) {
        weight = tree.weight(
            "\(name).weight", [outputs, inputs, kernel, kernel],
            initially: initially ?? .heNormal(inputs * kernel * kernel))
        bias = hasBias ? tree.weight("\(name).bias", [outputs], initially: .constant(0)) : nil
        geometry = ConvolutionGeometry(stride: stride, padding: padding)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.affine(input, weight: weight, bias: bias) { $0.convolved(with: $1, geometry) }
    }

    public var isPiecewiseLinear: Bool { true }
}

/// A transposed convolution of images, from `[batch, inputs, height, width]` to `[batch, outputs, …]`.
///
/// Its weights are those of the convolution it transposes: `[inputs, outputs, kernel, kernel]`.
public struct TransposedConvolution: Layer {
    private let weight: Parameter
    private let bias: Parameter?
    private let geometry: ConvolutionGeometry

    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int, kernel: Int,
        stride: Int = 1, padding: Int = 0, hasBias: Bool = false, initially: Initializer? = nil
    ) {
        weight = tree.weight(
            "\(name).weight", [inputs, outputs, kernel, kernel],
            initially: initially ?? .heNormal(inputs * kernel * kernel / (stride * stride)))
        bias = hasBias ? tree.weight("\(name).bias", [outputs], initially: .constant(0)) : nil
        geometry = ConvolutionGeometry(stride: stride, padding: padding)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.affine(input, weight: weight, bias: bias) { input, weight in
            input.convolvedTransposed(
                with: weight, geometry, to: geometry.input(for: input.shape, weights: weight.shape))
        }
    }

    public var isPiecewiseLinear: Bool { true }
}

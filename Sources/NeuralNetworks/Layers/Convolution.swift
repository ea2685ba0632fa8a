public import Tensors

/// A convolution from `[batch, inputs, spatial…]` to `[batch, outputs, …]`, in one, two or three dimensions.
///
/// Its weights are `[outputs, inputs / groups, taps…]`.
public struct Convolution: Layer {
    private let weight: ScaledWeight
    private let bias: Parameter?
    private let geometry: ConvolutionGeometry

    /// Declares the weights, and a bias where it has one, in a tree.
    ///
    /// Kernel, stride, padding and dilation are the same in each dimension. The kernel is counted in taps, and padding in
    /// places at each edge.
    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int, kernel: Int,
        dimensions: Int = 2, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
        hasBias: Bool = false, scaling: WeightScaling = .none, initially: Initializer? = nil
    ) {
        let taps = Array(repeating: kernel, count: dimensions)
        weight = ScaledWeight(
            &tree, "\(name).weight", Shape([outputs, inputs / groups] + taps),
            inputs: inputs / groups * taps.reduce(1, *), scaling: scaling, initially: initially)
        bias = hasBias ? tree.weight("\(name).bias", [outputs], initially: .constant(0)) : nil
        geometry = ConvolutionGeometry(
            dimensions: dimensions, stride: stride, padding: padding, dilation: dilation,
            groups: groups)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.affine(input, weight: weight, bias: bias) { $0.convolved(with: $1, geometry) }
    }

    public var isPiecewiseLinear: Bool { weight.isStateless }
}

/// A transposed convolution from `[batch, inputs, spatial…]` to `[batch, outputs, …]`.
///
/// Its weights are those of the convolution it transposes: `[inputs, outputs / groups, taps…]`.
public struct TransposedConvolution: Layer {
    private let weight: ScaledWeight
    private let bias: Parameter?
    private let geometry: ConvolutionGeometry

    /// Declares the weights, and a bias where it has one, in a tree.
    ///
    /// Kernel, stride and padding are the same in each dimension, and those of the convolution it transposes: `padding`
    /// places are cut off at each edge of the result.
    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int, kernel: Int,
        dimensions: Int = 2, stride: Int = 1, padding: Int = 0, groups: Int = 1,
        hasBias: Bool = false, scaling: WeightScaling = .none, initially: Initializer? = nil
    ) {
        let taps = Array(repeating: kernel, count: dimensions)
        // Each result adds up only those taps that reach an input from its place.
        let reach = taps.reduce(1) { $0 * max(1, $1 / stride) }
        weight = ScaledWeight(
            &tree, "\(name).weight", Shape([inputs, outputs / groups] + taps),
            inputs: inputs / groups * reach, scaling: scaling, initially: initially)
        bias = hasBias ? tree.weight("\(name).bias", [outputs], initially: .constant(0)) : nil
        geometry = ConvolutionGeometry(
            dimensions: dimensions, stride: stride, padding: padding, groups: groups)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        pass.affine(input, weight: weight, bias: bias) { input, weight in
            input.convolvedTransposed(
                with: weight, geometry, to: geometry.input(for: input.shape, weights: weight.shape))
        }
    }

    public var isPiecewiseLinear: Bool { weight.isStateless }
}

public import Tensors

/// Half of the channels, each times a sigmoid of its partner in the other half (Dauphin et al., 2017).
public struct GatedLinearUnit: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let half = input.shape[1] / 2
        return input.sliced(1, 0..<half) * input.sliced(1, half..<(2 * half)).sigmoid()
    }
}

/// A share in 0...1 for each channel of a larger image, of what a smaller one shows (Liu et al., 2021).
///
/// It turns `[batch, inputs, height, width]`, with sides that are multiples of 4, into `[batch, outputs, 1, 1]`.
public struct ChannelGate: Layer {
    private let first: Convolution
    private let second: Convolution

    /// - Parameters:
    ///   - tree: Takes the gate's weights.
    ///   - name: The beginning of their names.
    ///   - inputs: The channels of the smaller image.
    ///   - outputs: The channels of the larger one.
    public init(_ tree: inout ParameterTree, _ name: String, from inputs: Int, to outputs: Int) {
        first = Convolution(&tree, "\(name).first", from: inputs, to: outputs, kernel: 4)
        second = Convolution(
            &tree, "\(name).second", from: outputs, to: outputs, kernel: 1, hasBias: true)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let features = first(input.averagePooled(by: input.shape[2] / 4), pass)
        return second(features * features.sigmoid(), pass).sigmoid()
    }
}

/// The mean of what two branches make of the same input.
public struct BranchMean: Layer {
    private let first: Sequential
    private let second: Sequential

    /// - Parameters:
    ///   - first: The layers of one branch, in their order.
    ///   - second: Those of the other; both give the same shape.
    public init(_ first: [any Layer], _ second: [any Layer]) {
        self.first = Sequential(first)
        self.second = Sequential(second)
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        (first(input, pass) + second(input, pass)) * 0.5
    }

    public var isPiecewiseLinear: Bool { first.isPiecewiseLinear && second.isPiecewiseLinear }
}

public import Tensors

/// Each pixel of an image attends to all others (Zhang et al., 2019): x + γ · attention(x), where γ is learned and
/// starts at zero.
public struct SelfAttention: Layer {
    private let query: Convolution
    private let key: Convolution
    private let value: Convolution
    private let output: Convolution
    private let gain: Parameter

    /// Declares the weights for images of at least 8 channels.
    public init(
        _ tree: inout ParameterTree, _ name: String, channels: Int, scaling: WeightScaling
    ) {
        func projection(_ part: String, _ inputs: Int, _ outputs: Int) -> Convolution {
            Convolution(
                &tree, "\(name).\(part)", from: inputs, to: outputs, kernel: 1, scaling: scaling)
        }
        query = projection("query", channels, channels / 8)
        key = projection("key", channels, channels / 8)
        value = projection("value", channels, channels / 2)
        output = projection("output", channels / 2, channels)
        gain = tree.weight("\(name).gain", [1], initially: .constant(0))
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let (batch, height, width) = (input.shape[0], input.shape[2], input.shape[3])
        func pixels(_ image: Tensor) -> Tensor {
            image.reshaped(to: [batch, image.shape[1], height * width])
        }
        // [batch, pixels, pixels]: how much each row's pixel attends to each column's pixel.
        let looks = pixels(query(input, pass)).matrixProduct(
            with: pixels(key(input, pass)), transposingSelf: true
        ).softmax()
        let values = pixels(value(input, pass))
        let seen = values.matrixProduct(with: looks, transposingOther: true)
            .reshaped(to: [batch, values.shape[1], height, width])
        return input + output(seen, pass) * pass[gain].reshaped(to: [])
    }
}

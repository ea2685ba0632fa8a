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

/// Makes examples of the parts that each example's channels consist of, such as the frames of a clip: `[batch, parts ·
/// channels, …]` to `[batch · parts, channels, …]`.
public struct SplitIntoParts: Layer {
    private let channels: Int
    public init(of channels: Int) { self.channels = channels }
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        precondition(
            input.shape[1].isMultiple(of: channels), "\(input.shape) has no parts of \(channels)")
        let parts = input.shape[1] / channels
        return input.reshaped(
            to: Shape([input.shape[0] * parts, channels] + input.shape.dropFirst(2)))
    }
    public var isPiecewiseLinear: Bool { true }
}

/// Makes one example of a number of parts again, one after another in its channels.
public struct JoinParts: Layer {
    private let parts: Int
    public init(_ parts: Int) { self.parts = parts }
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        precondition(
            input.shape[0].isMultiple(of: parts), "\(input.shape) is not \(parts) parts each")
        return input.reshaped(
            to: Shape(
                [input.shape[0] / parts, parts * input.shape[1]] + input.shape.dropFirst(2)))
    }
    public var isPiecewiseLinear: Bool { true }
}

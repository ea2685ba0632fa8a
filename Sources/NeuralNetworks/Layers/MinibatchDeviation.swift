public import Tensors

/// Adds a channel that says how much the examples of a group differ; with it, a critic notices a generator that repeats
/// itself (Karras et al., 2018).
public struct MinibatchDeviation: Layer {
    private static let group = 4

    public init() {}

    /// Turns `[batch, channels, …]` into `[batch, channels + 1, …]`.
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let batch = input.shape[0]
        let group = batch % Self.group == 0 ? Self.group : batch
        let features = input.shape.dropFirst().elementCount
        let groups = input.reshaped(to: [group, batch / group, features])
        let centred = groups - groups.mean(over: [0])
        let deviation = (centred.squared().mean(over: [0]) + 1e-8).squareRoot()
            .mean(over: [2]).broadcast(to: [group, batch / group, 1])
        let rest = Array(input.shape.dropFirst(2))
        let channel = deviation.reshaped(to: Shape([batch, 1] + rest.map { _ in 1 }))
            .broadcast(to: Shape([batch, 1] + rest))
        return .concatenated([input, channel], along: 1)
    }
}

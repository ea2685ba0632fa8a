public import Tensors

/// Numbers that move smoothly with time, from `[batch, inputs]` to `[batch, time, 2 · count]`.
///
/// Each oscillator is a complex number that begins somewhere and is turned by an angle, of less than a quarter of a circle, from
/// one step to the next; where it begins and how it turns follow from the inputs. So they say for any time what sines of learned
/// frequencies and phases would (Skorokhodov et al., 2022, encode time by those), by basic arithmetic.
public struct Oscillators: Layer {
    private let start: Linear
    private let turn: Linear
    private let count: Int
    private let time: Int

    /// - Parameters:
    ///   - count: How many oscillators there are.
    ///   - time: For how many steps they are asked.
    public init(
        _ tree: inout ParameterTree, _ name: String, from inputs: Int, count: Int, time: Int
    ) {
        (self.count, self.time) = (count, time)
        let unit = 1 / Float(inputs).squareRoot()
        start = Linear(
            &tree, "\(name).start", from: inputs, to: 2 * count,
            initially: .normal(deviation: unit))
        // At first they turn around once in about twenty steps.
        turn = Linear(
            &tree, "\(name).turn", from: inputs, to: count,
            initially: .normal(deviation: 0.3 * unit))
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let (begins, slopes) = (start(input, pass), turn(input, pass))
        let lengths = (slopes.squared() + 1).squareRoot()
        let (cosines, sines) = (lengths.reciprocal(), slopes / lengths)
        var (real, imaginary) = (
            begins.sliced(1, 0..<count), begins.sliced(1, count..<(2 * count))
        )
        var states: [Tensor] = []
        for step in 0..<time {
            if step > 0 {
                (real, imaginary) = (
                    real * cosines - imaginary * sines, real * sines + imaginary * cosines
                )
            }
            let both = Tensor.concatenated([real, imaginary], along: 1)
            states.append(both.reshaped(to: [input.shape[0], 1, 2 * count]))
        }
        return Tensor.concatenated(states, along: 1)
    }
}

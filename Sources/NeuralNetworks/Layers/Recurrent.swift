public import Tensors

/// A layer with memory, from `[batch, time, inputs]` to its state after each step, `[batch, time, units]`.
///
/// States start at zero.
public struct Recurrent: Layer {
    public enum Cell: Sendable {
        /// The gated recurrent unit (Cho et al., 2014).
        case gru
        /// Long short-term memory (Hochreiter & Schmidhuber, 1997).
        case lstm

        fileprivate var gates: Int { self == .gru ? 3 : 4 }
    }

    private let cell: Cell
    private let units: Int
    private let input: Linear
    private let state: Linear

    public init(
        _ tree: inout ParameterTree, _ name: String, cell: Cell, from inputs: Int, units: Int
    ) {
        self.cell = cell
        self.units = units
        let scale = Initializer.normal(deviation: 1 / Float(units).squareRoot())
        input = Linear(
            &tree, "\(name).input", from: inputs, to: cell.gates * units, initially: scale)
        state = Linear(
            &tree, "\(name).state", from: units, to: cell.gates * units, initially: scale)
    }

    public func callAsFunction(_ sequence: Tensor, _ pass: ForwardPass) -> Tensor {
        precondition(
            sequence.shape.rank == 3, "\(sequence.shape) is not [batch, time, inputs]")
        let (batch, time) = (sequence.shape[0], sequence.shape[1])
        var hidden = Tensor(NDArray(repeating: 0, shape: [batch, units]))
        var memory = hidden
        var states: [Tensor] = []
        for step in 0..<time {
            let now = sequence.sliced(1, step..<(step + 1))
                .reshaped(to: [batch, sequence.shape[2]])
            (hidden, memory) = advanced(input(now, pass), state(hidden, pass), hidden, memory)
            states.append(hidden.reshaped(to: [batch, 1, units]))
        }
        return Tensor.concatenated(states, along: 1)
    }

    /// The state and memory after a step, given what input and state contribute to each gate.
    private func advanced(_ x: Tensor, _ h: Tensor, _ hidden: Tensor, _ memory: Tensor) -> (
        Tensor, Tensor
    ) {
        func gate(_ sum: Tensor, _ index: Int) -> Tensor {
            sum.sliced(1, (index * units)..<((index + 1) * units))
        }
        switch cell {
        case .gru:
            let reset = (gate(x, 0) + gate(h, 0)).sigmoid()
            let update = (gate(x, 1) + gate(h, 1)).sigmoid()
            let candidate = (gate(x, 2) + reset * gate(h, 2)).tanh()
            return (candidate + update * (hidden - candidate), memory)
        case .lstm:
            let sum = x + h
            let kept = gate(sum, 1).sigmoid() * memory
            let memory = kept + gate(sum, 0).sigmoid() * gate(sum, 2).tanh()
            return (gate(sum, 3).sigmoid() * memory.tanh(), memory)
        }
    }
}

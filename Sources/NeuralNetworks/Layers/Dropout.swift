public import Tensors

/// Sets a share of all numbers to zero in training, and scales the others up (Srivastava et al., 2014).
///
/// Which numbers are dropped is a function of the pass's place in the run and of each example's place in the batch.
public struct Dropout: Layer {
    private let share: Float

    /// - Parameter share: The share of numbers that is dropped, in 0..<1.
    public init(share: Float) {
        precondition(share >= 0 && share < 1, "a share of \(share) cannot be dropped")
        self.share = share
    }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        guard pass.mode == .training, share > 0 else { return input }
        let kept = pass.draws(input.shape) { $0 < share ? 0 : 1 / (1 - share) }
        return input * Tensor(kept, shape: input.shape)
    }
}

extension Tensor {
    /// This tensor, which was computed without recording, as a result of `inputs`; `compute` gives its gradients when
    /// they are wanted.
    ///
    /// `compute` computes this tensor again from the tensors that it is given in place of `inputs`.
    public func computedAgain(
        from inputs: [Tensor], by compute: @escaping ([Tensor]) -> Tensor
    ) -> Tensor {
        let again = Recomputation(inputs: inputs, compute: compute)
        let rules = inputs.indices.map { index in
            (inputs[index], { upstream in again.gradient(of: index, upstream) } as DerivativeRule)
        }
        return recording("computedAgain", value, rules)
    }
}

/// The gradients for all inputs, computed together and handed out one by one.
private final class Recomputation {
    private let inputs: [Tensor]
    private let compute: ([Tensor]) -> Tensor
    private var computed: (upstream: Tensor, gradients: [Tensor?])?

    init(inputs: [Tensor], compute: @escaping ([Tensor]) -> Tensor) {
        self.inputs = inputs
        self.compute = compute
    }

    func gradient(of index: Int, _ upstream: Tensor) -> Tensor {
        let gradients =
            computed.flatMap { isSame($0.upstream, upstream) ? $0.gradients : nil }
            ?? gradients(upstream)
        // Gradients are handed out in the order of the inputs, so nothing is kept after the last one.
        let isLast = !inputs[(index + 1)...].contains(where: \.isRecorded)
        computed = isLast ? nil : (upstream, gradients)
        return gradients[index] ?? Tensor(NDArray(repeating: 0, shape: inputs[index].shape))
    }

    private func isSame(_ a: Tensor, _ b: Tensor) -> Bool {
        a.value.storage === b.value.storage && a.record === b.record
    }

    private func gradients(_ upstream: Tensor) -> [Tensor?] {
        let lane = Lane.current
        let isDifferentiable = lane.isRecording
        // Gradients of gradients must reach the inputs themselves. Otherwise variables in their place end the tape
        // here.
        let sources =
            isDifferentiable
            ? inputs : inputs.map { $0.isRecorded ? .variable($0.value) : $0 }
        let output = lane.recording(true) { compute(sources) }
        return Tensors.gradients(
            of: [output], upstream: [upstream], at: sources.map(\.position),
            isDifferentiable: isDifferentiable)
    }
}

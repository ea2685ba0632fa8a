/// The gradients of a scalar (or of the sum of a tensor's elements) with respect to some of what it was computed from.
///
/// Inputs are variables, or any tensors on the way. If gradients of these gradients will be wanted, they must be
/// differentiable; then the tape is kept.
///
/// - Returns: A tensor of each input's shape, or nil where `output` does not depend on it.
public func gradients(
    of output: Tensor, withRespectTo inputs: [Tensor], isDifferentiable: Bool = false
) -> [Tensor?] {
    gradients(of: output, at: inputs.map(\.position), isDifferentiable: isDifferentiable)
}

/// The same as ``gradients(of:withRespectTo:isDifferentiable:)``, for tensors whose numbers need not be kept.
public func gradients(
    of output: Tensor, at inputs: [TapePosition], isDifferentiable: Bool = false
) -> [Tensor?] {
    let ones = NDArray(repeating: 1, shape: output.shape, layout: output.value.layout)
    return gradients(
        of: [output], upstream: [Tensor(ones)], at: inputs, isDifferentiable: isDifferentiable)
}

/// The gradients of Σ output · upstream, over several outputs, each with an upstream of its shape.
public func gradients(
    of outputs: [Tensor], upstream: [Tensor], at inputs: [TapePosition],
    isDifferentiable: Bool = false
) -> [Tensor?] {
    // The walk's state is kept here and not in the records, because a rule may begin a walk of its own.
    var gathered: [UInt64: Tensor] = [:]
    let roots = zip(outputs, upstream).compactMap { output, upstream in
        require(
            output.shape == upstream.shape,
            "an output of \(output.shape) cannot have a gradient of \(upstream.shape)")
        return output.record.map { (record: $0, upstream: upstream) }
    }
    let tape = recordsBelow(roots.map(\.record))
    let wanted = Set(inputs.compactMap(\.record?.number))
    var needed = wanted
    for record in tape where record.inputs.contains(where: { needed.contains($0.record.number) }) {
        needed.insert(record.number)
    }
    for (record, upstream) in roots where needed.contains(record.number) {
        gathered[record.number] = gathered[record.number].map { $0 + upstream } ?? upstream
    }
    Lane.current.recording(isDifferentiable) {
        for record in tape.reversed() where needed.contains(record.number) {
            let gradient =
                wanted.contains(record.number)
                ? gathered[record.number] : gathered.removeValue(forKey: record.number)
            guard let gradient else { continue }
            for (input, rule) in record.inputs where needed.contains(input.number) {
                let contribution = rule(gradient)
                let sum = gathered[input.number].map { $0 + contribution }
                gathered[input.number] = sum ?? contribution
            }
            if !isDifferentiable { record.release() }
        }
    }
    return inputs.map { $0.record.flatMap { gathered[$0.number] } }
}

/// The gradient with respect to one tensor; zero where `output` does not depend on it.
public func gradient(of output: Tensor, withRespectTo input: Tensor, isDifferentiable: Bool = false)
    -> Tensor
{
    gradients(of: output, withRespectTo: [input], isDifferentiable: isDifferentiable)[0]
        ?? Tensor(NDArray(repeating: 0, shape: input.shape))
}

/// Everything that `roots` were computed from, oldest first.
private func recordsBelow(_ roots: [Record]) -> [Record] {
    var found: [Record] = []
    for root in roots where !root.isMarked {
        root.isMarked = true
        found.append(root)
    }
    var next = 0
    while next < found.count {
        for (record, _) in found[next].inputs where !record.isMarked {
            record.isMarked = true
            found.append(record)
        }
        next += 1
    }
    for record in found {
        require(
            !record.isReleased,
            "an earlier gradient released the tape of \(record.name): that gradient must be isDifferentiable"
        )
        record.isMarked = false
    }
    return found.sorted { $0.number < $1.number }
}

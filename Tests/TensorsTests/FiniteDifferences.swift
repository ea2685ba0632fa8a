import Tensors
import Testing

/// Compares gradients with central differences, and gradients of gradients with differences of gradients.
///
/// A random weighting of the outputs makes one scalar of them, so that every output counts.
func expectGradients(
    of shapes: [Shape], order: Int = 2, tolerance: Float = 2e-2, in range: Range<Float> = -1..<1,
    sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Tensor]) -> Tensor
) {
    let random = RandomSource(seed: 7)
    let inputs = shapes.enumerated().map { index, shape in
        NDArray(
            random.uniform(shape.elementCount, at: .init(.data, position: index), in: range),
            shape: shape)
    }
    func weighted(_ output: Tensor, _ position: Int) -> Tensor {
        let weights = random.uniform(
            output.shape.elementCount, at: .init(.samples, position: position), in: 0.5..<1.5)
        return (output * Tensor(weights, shape: output.shape)).sum()
    }
    func slopes(_ variables: [Tensor], isDifferentiable: Bool) -> Tensor {
        let loss = weighted(function(variables), 0)
        let all = gradients(of: loss, withRespectTo: variables, isDifferentiable: isDifferentiable)
        return all.enumerated().reduce(Tensor(0)) { sum, item in
            item.element.map { sum + weighted($0, item.offset + 1) } ?? sum
        }
    }
    expectSlopes(of: inputs, tolerance, "first", sourceLocation) { weighted(function($0), 0) }
    if order > 1 {
        expectSlopes(of: inputs, tolerance, "second", sourceLocation) {
            slopes($0, isDifferentiable: true)
        }
    }
}

private func expectSlopes(
    of inputs: [NDArray], _ tolerance: Float, _ order: String, _ sourceLocation: SourceLocation,
    _ loss: ([Tensor]) -> Tensor
) {
    let variables = inputs.map(Tensor.variable)
    let found = gradients(of: loss(variables), withRespectTo: variables)
    let step: Float = 1e-2
    for (index, input) in inputs.enumerated() where input.count > 0 {
        let gradient = found[index]?.value.scalars ?? Array(repeating: 0, count: input.count)
        let scale = max(1, gradient.map(abs).max() ?? 0)
        for element in stride(from: 0, to: input.count, by: max(1, input.count / 12)) {
            func moved(_ by: Float) -> Float {
                var scalars = input.scalars
                scalars[element] += by
                var moved = inputs.map(Tensor.variable)
                moved[index] = .variable(NDArray(scalars, shape: input.shape))
                return loss(moved).scalar
            }
            let expected = (moved(step) - moved(-step)) / (2 * step)
            #expect(
                abs(gradient[element] - expected) <= tolerance * scale,
                "\(order) order, input \(index), element \(element): \(gradient[element]), differences give \(expected)",
                sourceLocation: sourceLocation)
        }
    }
}

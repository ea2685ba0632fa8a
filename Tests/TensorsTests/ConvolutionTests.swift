import Tensors
import Testing

@Suite("Convolutions")
struct ConvolutionTests {
    struct Case: Sendable {
        var input: Shape
        var weights: Shape
        var geometry: ConvolutionGeometry
    }
    static let cases: [Case] = [
        .init(
            input: [2, 3, 8, 8], weights: [16, 3, 4, 4], geometry: .init(stride: 2, padding: 1)),
        .init(input: [2, 1, 7, 9], weights: [5, 1, 3, 3], geometry: .init(padding: 1)),
        .init(
            input: [1, 16, 6, 6], weights: [32, 16, 4, 4], geometry: .init(stride: 2, padding: 1)),
        .init(
            input: [2, 32, 8, 8], weights: [48, 32, 4, 4], geometry: .init(stride: 2, padding: 1)),
        .init(
            input: [1, 48, 10, 14], weights: [32, 48, 4, 4],
            geometry: .init(stride: 2, padding: 1)),
        .init(
            input: [3, 32, 14, 14], weights: [32, 32, 4, 4],
            geometry: .init(stride: 2, padding: 1)),
        .init(
            input: [1, 32, 14, 6], weights: [32, 32, 4, 4],
            geometry: .init(stride: 2, padding: 1)),
        .init(input: [2, 32, 5, 7], weights: [48, 32, 3, 3], geometry: .init(padding: 1)),
        .init(input: [2, 16, 4, 4], weights: [1, 16, 4, 4], geometry: .init()),
        .init(input: [3, 3, 5, 7], weights: [32, 3, 3, 3], geometry: .init(padding: 1)),
        .init(
            input: [2, 2, 9, 7], weights: [16, 2, 5, 5], geometry: .init(stride: 2, padding: 2)),
        .init(
            input: [2, 16, 5, 5], weights: [16, 8, 3, 3], geometry: .init(padding: 1, groups: 2)),
        .init(
            input: [1, 4, 9, 9], weights: [6, 4, 3, 3], geometry: .init(padding: 2, dilation: 2)),
        .init(
            input: [2, 3, 11], weights: [4, 3, 5],
            geometry: .init(dimensions: 1, stride: 2, padding: 2)),
        .init(
            input: [1, 2, 4, 5, 6], weights: [3, 2, 3, 3, 3],
            geometry: .init(dimensions: 3, padding: 1)),
    ]

    @Test("A convolution is the plain loop's", arguments: cases)
    func forward(of c: Case) {
        let (input, weights) = operands(c)
        let output = Tensor(input).convolved(with: Tensor(weights), c.geometry)
        let expected = plainConvolution(input, weights, c.geometry)
        #expect(output.shape == c.geometry.output(for: c.input, weights: c.weights))
        let largest = expected.map(abs).max() ?? 0
        let errors = zip(output.value.scalars, expected).map { abs($0 - $1) }
        #expect(errors.allSatisfy { $0 < 1e-5 * max(1, largest) })
    }

    @Test("With bfloat16 it is the plain loop's to three digits", arguments: cases)
    func rounded(of c: Case) {
        let (input, weights) = operands(c)
        let output = withPrecision(.bfloat16) {
            Tensor(input).convolved(with: Tensor(weights), c.geometry)
        }
        let expected = plainConvolution(input, weights, c.geometry)
        let scale = Float(weights.shape.dropFirst().elementCount).squareRoot()
        let errors = zip(output.value.scalars, expected).map { abs($0 - $1) }
        #expect(errors.allSatisfy { $0 < 3e-2 * scale })
    }

    @Test("With bfloat16 its gradients are those of float32 to a hundredth", arguments: cases)
    func roundedGradients(of c: Case) {
        let (input, weights) = operands(c)
        let upstream = upstream(c)
        let found = Precision.allCases.map { precision in
            withPrecision(precision) {
                let variables = [input, weights].map(Tensor.variable)
                let convolved = variables[0].convolved(with: variables[1], c.geometry)
                return Tensors.gradients(of: (convolved * upstream).sum(), withRespectTo: variables)
                    .map { $0?.value.scalars ?? [] }
            }
        }
        for (exact, rounded) in zip(found[0], found[1]) {
            let errors = zip(exact, rounded).map { $0 - $1 }
            #expect(exact.count == rounded.count)
            #expect(rootMeanSquare(errors) < 1e-2 * rootMeanSquare(exact))
        }
    }

    private func rootMeanSquare(_ numbers: [Float]) -> Float {
        (numbers.reduce(0) { $0 + $1 * $1 } / Float(numbers.count)).squareRoot()
    }

    @Test("Its three parts differentiate to the second order", arguments: cases)
    func gradients(of c: Case) {
        expectGradients(of: [c.input, c.weights]) { $0[0].convolved(with: $0[1], c.geometry) }
        let output = c.geometry.output(for: c.input, weights: c.weights)
        expectGradients(of: [output, c.weights]) {
            $0[0].convolvedTransposed(with: $0[1], c.geometry, to: c.input)
        }
    }

    @Test("The transposed convolution is the adjoint: <Ax, y> = <x, A'y>", arguments: cases)
    func adjoint(of c: Case) {
        let (input, weights) = operands(c)
        let y = upstream(c)
        let (x, w) = (Tensor(input), Tensor(weights))
        let left = (x.convolved(with: w, c.geometry) * y).sum().scalar
        let right = (x * y.convolvedTransposed(with: w, c.geometry, to: c.input)).sum().scalar
        #expect(abs(left - right) < 1e-3 * max(1, abs(left)))
    }

    @Test(
        "Weights whose packed copies are too large to keep give the same bits",
        arguments: [
            Case(
                input: [3, 64, 10, 8], weights: [112, 64, 4, 4],
                geometry: .init(stride: 2, padding: 1)),
            .init(input: [3, 112, 9, 5], weights: [64, 112, 3, 3], geometry: .init(padding: 1)),
            .init(
                input: [3, 3, 16, 16], weights: [32, 3, 4, 4],
                geometry: .init(stride: 2, padding: 1)
            ),
        ], Precision.allCases)
    func largeCopies(of c: Case, precision: Precision) {
        let (input, weights) = operands(c)
        let upstream = upstream(c)
        let results = [Int.max, 1].map { largest in
            let weights = Tensor(
                NDArray(
                    shape: weights.shape, storage: weights.storage, largestPackedCopy: largest))
            return withPrecision(precision) {
                [
                    Tensor(input).convolved(with: weights, c.geometry),
                    upstream.convolvedTransposed(with: weights, c.geometry, to: c.input),
                ].map { $0.value.scalars.map(\.bitPattern) }
            }
        }
        #expect(results[0] == results[1])
    }

    @Test("Operands of equal shape are packed each in its own way")
    func equalShapes() {
        let random = RandomSource(seed: 8)
        let shape: Shape = [8, 8, 3, 3]
        let geometry = ConvolutionGeometry(padding: 1)
        let x = Tensor(random.normal(576, at: .init(.latents)), shape: shape)
        let weights = Tensor(random.normal(576, at: .init(.samples)), shape: shape)
        let upstream = Tensor(random.normal(576, at: .init(.data)), shape: shape)
        let forward = (x.convolved(with: weights, geometry) * upstream).sum().scalar
        let transposed = upstream.convolvedTransposed(with: weights, geometry, to: shape)
        #expect(abs(forward - (x * transposed).sum().scalar) < 1e-3 * max(1, abs(forward)))
    }

    @Test(
        "Batch normalization differentiates to the second order",
        arguments: [Shape([4, 3, 2, 2]), [3, 16, 3, 3], [6, 5]])
    func batchNormalization(shape: Shape) {
        expectGradients(of: [shape, [shape[1]], [shape[1]]], tolerance: 4e-2) {
            $0[0].batchNormalized(scale: $0[1], shift: $0[2], epsilon: 0.1).output
        }
    }

    @Test("Batch normalization gives mean 0 and variance 1, and reports what it found")
    func normalized() {
        let x = Tensor(
            RandomSource(seed: 1).normal(8 * 16 * 9, at: .init(.data), mean: 3, deviation: 2),
            shape: [8, 16, 3, 3])
        let one = Tensor(NDArray(repeating: 1, shape: [16]))
        let (output, statistics) = x.batchNormalized(scale: one, shift: one * 0)
        for mean in output.mean(over: [0, 2, 3]).value.scalars { #expect(abs(mean) < 1e-5) }
        for variance in output.squared().mean(over: [0, 2, 3]).value.scalars {
            #expect(abs(variance - 1) < 1e-3)
        }
        for mean in statistics.mean.scalars { #expect(abs(mean - 3) < 1) }
        for variance in statistics.variance.scalars { #expect(abs(variance - 4) < 2) }
    }

    private func upstream(_ c: Case) -> Tensor {
        let output = c.geometry.output(for: c.input, weights: c.weights)
        return Tensor(
            RandomSource(seed: 3).normal(output.elementCount, at: .init(.data)), shape: output)
    }

    private func operands(_ c: Case) -> (NDArray, NDArray) {
        let random = RandomSource(seed: 5)
        return (
            NDArray(random.normal(c.input.elementCount, at: .init(.data)), shape: c.input),
            NDArray(
                random.normal(c.weights.elementCount, at: .init(.initialWeights)), shape: c.weights)
        )
    }
}

/// The definition, in seven loops at most: one over outputs, one over everything that adds to each.
private func plainConvolution(_ input: NDArray, _ weights: NDArray, _ geometry: ConvolutionGeometry)
    -> [Float]
{
    let shape = geometry.output(for: input.shape, weights: weights.shape)
    let (x, w) = (input.scalars, weights.scalars)
    let outputsPerGroup = weights.shape[0] / geometry.groups
    return indices(of: shape).map { place in
        let group = place[1] / outputsPerGroup
        return indices(of: weights.shape.dropFirst()).reduce(Float(0)) { sum, tap in
            var source = [place[0], group * weights.shape[1] + tap[0]]
            for d in 0..<geometry.strides.rank {
                let at =
                    place[d + 2] * geometry.strides[d] + tap[d + 1] * geometry.dilations[d]
                    - geometry.paddingBefore[d]
                guard at >= 0, at < input.shape[d + 2] else { return sum }
                source.append(at)
            }
            return sum + x[offset(source, in: input.shape)]
                * w[offset([place[1]] + tap, in: weights.shape)]
        }
    }
}

private func indices(of shape: Shape) -> [[Int]] {
    shape.reduce([[]]) { all, extent in all.flatMap { index in (0..<extent).map { index + [$0] } } }
}

private func offset(_ index: [Int], in shape: Shape) -> Int {
    zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
}

internal import NeuralNetworks
public import Tensors

/// The speed of one kernel on one lane.
public struct OperationSpeed {
    public let name: String
    /// The median time of a call, in seconds.
    public let seconds: Double
    /// The multiplications and additions of the plain definition, in operations for each call; 0 for kernels that only
    /// move numbers.
    public let operations: Double
    /// The bytes that the kernel has to read and write at least.
    public let bytes: Double

    /// Measures every kernel on which a GAN spends its time, over the shapes of the workloads, with a microbatch of 32.
    ///
    /// - Parameter report: Is called with each result as soon as it is known.
    public static func measureAll(
        in precision: Precision, report: (OperationSpeed) throws -> Void
    ) rethrows {
        try withPrecision(precision) {
            for size in [256, 512, 1024] {
                try report(product(size))
            }
            for (name, input, weights, stride) in convolutions {
                let geometry = ConvolutionGeometry(stride: stride, padding: 1)
                for part in Part.allCases {
                    try report(convolution(name, input, weights, geometry, part))
                }
            }
            for (name, operation) in elementwise {
                let x = numbers([32, 96, 32, 32])
                try report(
                    OperationSpeed(
                        name: "\(name) 32 x 96 x 32 x 32",
                        seconds: median { _ = operation(Tensor(x)) }, operations: 0,
                        bytes: Double(8 * x.count)))
            }
        }
    }

    private enum Part: String, CaseIterable { case forward, data, weights }

    private static let convolutions: [(String, Shape, Shape, Int)] = [
        ("k4 s2 3-64", [32, 3, 64, 64], [64, 3, 4, 4], 2),
        ("k4 s2 64-128", [32, 64, 32, 32], [128, 64, 4, 4], 2),
        ("k4 s2 128-256", [32, 128, 16, 16], [256, 128, 4, 4], 2),
        ("k4 s2 256-512", [32, 256, 8, 8], [512, 256, 4, 4], 2),
        ("k4 s2 64-128, 14 px", [32, 64, 14, 14], [128, 64, 4, 4], 2),
        ("k3 96-96, 32 px", [32, 96, 32, 32], [96, 96, 3, 3], 1),
        ("k3 96-96, 8 px", [32, 96, 8, 8], [96, 96, 3, 3], 1),
    ]

    private static let elementwise: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("add", { $0 + $0 }), ("leaky", { $0.leakyRelu(slope: 0.2) }), ("tanh", { $0.tanh() }),
        ("sum over batch and pixels", { $0.sum(over: [0, 2, 3]) }),
        ("average pooling", { $0.averagePooled(by: 2) }),
        ("bilinear enlarging", { $0.upsampledBilinear() }),
    ]

    private static func product(_ size: Int) -> OperationSpeed {
        let (a, b) = (Tensor(numbers([size, size])), Tensor(numbers([size, size])))
        let operations = 2 * Double(size) * Double(size) * Double(size)
        return OperationSpeed(
            name: "matrix product \(size)",
            seconds: median { _ = a.matrixProduct(with: b) }, operations: operations,
            bytes: Double(12 * size * size))
    }

    private static func convolution(
        _ name: String, _ input: Shape, _ weights: Shape, _ geometry: ConvolutionGeometry,
        _ part: Part
    ) -> OperationSpeed {
        let output = geometry.output(for: input, weights: weights)
        // As in training, images lie in the order in which the step before left them, and weights stay for a while.
        let x = settled(input)
        let y = settled(output)
        let w = NDArray(
            shape: weights, storage: numbers(weights).storage, largestPackedCopy: .max)
        let call: () -> Void
        switch part {
        case .forward: call = { _ = Tensor(x).convolved(with: Tensor(w), geometry) }
        case .data:
            call = { _ = Tensor(y).convolvedTransposed(with: Tensor(w), geometry, to: input) }
        case .weights:
            call = {
                let weight = Tensor.variable(w)
                let result = Tensor(x).convolved(with: weight, geometry)
                _ = gradients(of: [result], upstream: [Tensor(y)], at: [weight.position])
            }
        }
        var seconds = median(call)
        if part == .weights {
            // The tape needs the forward pass, whose time has a row of its own.
            seconds -= median { _ = Tensor(x).convolved(with: Tensor(w), geometry) }
        }
        let each = Double(2 * weights.dropFirst().elementCount)
        return OperationSpeed(
            name: "convolution \(name), \(part.rawValue)", seconds: seconds,
            operations: each * Double(output.elementCount),
            bytes: 4 * Double(input.elementCount + output.elementCount + weights.elementCount))
    }

    /// An image in the layout in which layers leave images.
    private static func settled(_ shape: Shape) -> NDArray {
        guard shape[1] % 16 == 0 else { return numbers(shape) }
        let one = NDArray(repeating: 1, shape: [shape[1], shape[1] / 16, 1, 1])
        let geometry = ConvolutionGeometry(groups: 16)
        return Tensor(numbers(shape)).convolved(with: Tensor(one), geometry).value
    }

    private static func numbers(_ shape: Shape) -> NDArray {
        NDArray(
            RandomSource(seed: 2).normal(shape.elementCount, at: .init(.data)), shape: shape)
    }

    private static func median(_ body: () -> Void) -> Double {
        body()
        let times = (0..<9).map { _ in
            ContinuousClock().measure(body) / .seconds(1)
        }
        return times.sorted()[times.count / 2]
    }
}

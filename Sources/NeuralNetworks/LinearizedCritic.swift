public import Tensors

/// A piecewise-linear critic's scores and slopes, and the gradient of both for its weights, in four passes.
///
/// If a critic is made of affine layers and leaky units, its slope at an example depends only on which side of its kink
/// each unit is, and not otherwise on the example. So the gradient of Σ cₙ·scoreₙ + Σ λₙ·|slopeₙ|²/2 for the weights
/// comes from one linear pass of c·x + λ·slope, with the units' sides held fixed and the biases scaled by c, against
/// the data gradients that gave the slopes. A general tape needs six passes for the same result.
///
/// Layers may make several rows of an example, one after another, as ``SplitIntoParts`` does.
public final class LinearizedCritic {
    /// The scores, `[batch, 1]`, a constant.
    public let scores: Tensor
    /// The squared slopes |∂score/∂example|², `[batch]`, a constant.
    public let squaredSlopes: Tensor
    private let critic: any Layer
    private let weights: NetworkWeights
    private let examples: Tensor
    private let slopes: Tensor
    private let units: [NDArray]
    private var productGradients: [Tensor?]

    /// Runs the first two passes: forward, and the gradients of the scores.
    public init(
        _ critic: any Layer, _ examples: NDArray, _ weights: NetworkWeights
    ) {
        precondition(critic.isPiecewiseLinear, "the critic has layers that bend")
        self.critic = critic
        self.weights = weights
        let linearization = Linearization()
        let pass = ForwardPass(
            weights.arrays.map { Tensor($0) }, .training, growth: .infinity,
            linearization: linearization, noise: nil)
        let input = Tensor.variable(examples)
        let scores = critic(input, pass)
        let found = gradients(of: scores.sum(), at: [input.position] + linearization.products)
        self.examples = Tensor(examples)
        self.scores = scores.detached()
        slopes = found[0] ?? Tensor(NDArray(repeating: 0, shape: examples.shape))
        productGradients = Array(found.dropFirst())
        units = linearization.units
        squaredSlopes = slopes.sumOfSquaresOfExamples()
    }

    /// Runs the last two passes; may be called once.
    ///
    /// - Parameters:
    ///   - scoreGradients: ∂loss/∂score, `[batch, 1]`.
    ///   - slopeGradients: ∂loss/∂|slope|², `[batch]`.
    /// - Returns: The gradient of the loss for each parameter, in the order of their declaration.
    public func weightGradients(scoreGradients: Tensor?, slopeGradients: Tensor?) -> [Tensor?] {
        let perExample = Shape(
            [examples.shape[0]] + Array(repeating: 1, count: examples.shape.rank - 1))
        let scale = scoreGradients?.reshaped(to: perExample)
        let along = slopeGradients.map { slopes * ($0 * 2).reshaped(to: perExample) }
        let parts = [scale.map { examples * $0 }, along].compactMap { $0 }
        guard let first = parts.first else { return weights.arrays.map { _ in nil } }
        let start = parts.dropFirst().reduce(first) { $0 + $1 }
        let linearization = Linearization(
            units: units, productGradients: productGradients, biasScale: scoreGradients,
            parameters: weights.arrays.count)
        productGradients = []
        let pass = ForwardPass(
            weights.arrays.map(Tensor.variable), .training, growth: .infinity,
            linearization: linearization, noise: nil)
        _ = critic(start, pass)
        return linearization.weightGradients
    }
}

/// What a pass leaves for a second one to follow, and the state of that second pass.
final class Linearization {
    /// The outputs of the units of the followed pass, in order; their signs tell the units' sides.
    private(set) var units: [NDArray] = []
    /// The outputs of its affine layers, in order.
    private(set) var products: [TapePosition] = []
    /// Whether this pass is led along an earlier one.
    let isLeading: Bool
    private var productGradients: [Tensor?] = []
    private let biasScale: Tensor?
    private(set) var weightGradients: [Tensor?] = []
    private var nextUnit = 0
    private var nextProduct = 0

    init() {
        isLeading = false
        biasScale = nil
    }

    init(units: [NDArray], productGradients: [Tensor?], biasScale: Tensor?, parameters: Int) {
        isLeading = true
        self.units = units
        self.productGradients = productGradients
        self.biasScale = biasScale
        weightGradients = Array(repeating: nil, count: parameters)
    }

    func follow(product: Tensor) { products.append(product.position) }
    func follow(unit: Tensor) { units.append(unit.value) }

    /// Computes a unit on the side that it was on in the earlier pass.
    func led(_ input: Tensor, slope: Float) -> Tensor {
        defer { nextUnit += 1 }
        return input.leaky(onSidesOf: units[nextUnit], slope: slope)
    }

    /// Computes an affine layer, and its weights' gradients at the same time.
    func led(
        _ input: Tensor, weight: Parameter, bias: Parameter?, pass: ForwardPass,
        _ product: (Tensor, Tensor) -> Tensor
    ) -> Tensor {
        let upstream = productGradients[nextProduct]
        productGradients[nextProduct] = nil
        nextProduct += 1
        let result = product(input, pass[weight])
        var output = result.detached()
        if let upstream {
            let found = gradients(of: [result], upstream: [upstream], at: [pass[weight].position])
            add(found[0], to: weight)
        }
        guard let bias, let biasScale else { return output }
        let ones = Array(repeating: 1, count: output.shape.rank - 2)
        // Parts of an example, such as frames, may be rows of their own, one after another.
        let (rows, examples) = (output.shape[0], biasScale.shape[0])
        let scales = biasScale.reshaped(to: [examples, 1]).broadcast(
            to: [examples, rows / examples])
        let scale = scales.reshaped(to: Shape([rows, 1] + ones))
        let channels = Shape([1, output.shape[1]] + ones)
        output = output + pass[bias].detached().reshaped(to: channels) * scale
        if let upstream {
            let scaled = upstream.sum(over: Array(upstream.shape.indices.dropFirst(2))) * scale
            add(scaled.sum(over: [0]).reshaped(to: [output.shape[1]]), to: bias)
        }
        return output
    }

    private func add(_ gradient: Tensor?, to parameter: Parameter) {
        guard let gradient else { return }
        weightGradients[parameter.index] =
            weightGradients[parameter.index].map { $0 + gradient } ?? gradient
    }
}

public import Tensors

/// One use of a network's weights on one lane: which weights, whether gradients are wanted, and what was observed.
public final class ForwardPass {
    public enum Mode: Sendable {
        /// Layers that normalize use the statistics of their batch, and report them.
        case training
        /// Layers that normalize use the running statistics in the weights.
        case evaluation
    }

    public let mode: Mode
    /// How many doublings of their smallest images growing networks make, the last one in part; infinity means all.
    let growth: Float
    private let parameters: [Tensor]
    private var observations: [Int: [NDArray]] = [:]
    /// Follows this pass, or leads it along an earlier one; see ``LinearizedCritic``.
    let linearization: Linearization?
    private let noise: Noise?
    /// The class of each example, for layers that depend on it; nil if the classes are not known.
    let labels: [Int]?
    /// How often layers have drawn random numbers in this pass.
    private(set) var drawsMade = 0
    /// The parameters used since the pass began to note them; nil if it does not note them.
    private var noted: Set<Int>?

    /// The source of a pass's random numbers, for layers that draw some.
    public struct Noise: Sendable {
        let random: RandomSource
        let place: RandomSource.Place
        let positions: Range<Int>

        /// The numbers of `random` at a place, for examples at some positions of the global batch.
        public init(_ random: RandomSource, at place: RandomSource.Place, positions: Range<Int>) {
            self.random = random
            self.place = place
            self.positions = positions
        }
    }

    /// A pass with some weights, for which no gradients are computed unless it is differentiable.
    ///
    /// Growing networks make `growth` doublings of their smallest images; infinity means all. Layers that draw random
    /// numbers in training draw them from `noise`, and layers that depend on classes need `labels`, one an example.
    public convenience init(
        _ weights: NetworkWeights, _ mode: Mode, isDifferentiable: Bool,
        growth: Float = .infinity, noise: Noise? = nil, labels: [Int]? = nil
    ) {
        self.init(
            weights.arrays.map { isDifferentiable ? .variable($0) : Tensor($0) }, mode,
            growth: growth, linearization: nil, noise: noise, labels: labels)
    }

    init(
        _ parameters: [Tensor], _ mode: Mode, growth: Float, linearization: Linearization?,
        noise: Noise?, labels: [Int]? = nil
    ) {
        self.parameters = parameters
        self.mode = mode
        self.growth = growth
        self.linearization = linearization
        self.noise = noise
        self.labels = labels
    }

    /// The classes of `count` examples.
    func labels(of count: Int) -> [Int] {
        guard let labels, labels.count == count else {
            fatalError(
                "a layer depends on classes, and this pass has \(labels?.count ?? 0) of \(count)")
        }
        return labels
    }

    /// The parameters that `body` uses, and its result.
    func noting<Result>(_ body: () -> Result) -> (result: Result, used: [Parameter]) {
        let before = noted
        noted = []
        let result = body()
        let used = noted ?? []
        noted = before.map { $0.union(used) }
        return (result, used.sorted().map(Parameter.init))
    }

    /// A pass with other tensors in place of some parameters.
    ///
    /// It draws the same numbers as this one, and reports nothing.
    func again(_ used: [Parameter], as tensors: [Tensor], drawsMade: Int, labels: [Int]?)
        -> ForwardPass
    {
        var parameters = parameters
        for (parameter, tensor) in zip(used, tensors) { parameters[parameter.index] = tensor }
        let pass = ForwardPass(
            parameters, mode, growth: growth, linearization: nil, noise: noise, labels: labels)
        pass.drawsMade = drawsMade
        return pass
    }

    /// Numbers for a layer, each made from one that is uniform in 0..<1.
    ///
    /// - Parameter shape: The shape of the result, `[positions, …]`.
    func draws(_ shape: Shape, _ transform: (Float) -> Float) -> [Float] {
        guard let noise else {
            fatalError("a layer draws random numbers, and this pass has none to give")
        }
        precondition(
            shape[0] == noise.positions.count,
            "\(shape) does not have an example for each of \(noise.positions)")
        // Each draw has its own generator, so that layers share no numbers.
        let words = noise.random.words(UInt32(drawsMade), at: noise.place)
        drawsMade += 1
        let random = RandomSource(seed: UInt64(words[0]) << 32 | UInt64(words[1]))
        let size = shape.dropFirst().elementCount
        return noise.positions.flatMap { position in
            var place = noise.place
            place.position = position
            return random.uniform(size, at: place).map(transform)
        }
    }

    public subscript(parameter: Parameter) -> Tensor {
        noted?.insert(parameter.index)
        return parameters[parameter.index]
    }

    /// A product of the input with a weight, which is linear in each, plus a bias for each channel (dimension 1).
    ///
    /// Layers with weights compute through this function, so that a pass can be followed and led.
    func affine(
        _ input: Tensor, weight: ScaledWeight, bias: Parameter?,
        _ product: (_ input: Tensor, _ weight: Tensor) -> Tensor
    ) -> Tensor {
        if let linearization, linearization.isLeading {
            return linearization.led(input, weight: weight.parameter, bias: bias, pass: self) {
                product($0, weight.scaled($1, self))
            }
        }
        let result = product(input, weight.scaled(self[weight.parameter], self))
        let output = bias.map { result.biased(by: self[$0]) } ?? result
        linearization?.follow(product: output)
        return output
    }

    /// x where positive, slope · x elsewhere.
    func leaky(_ input: Tensor, slope: Float) -> Tensor {
        if let linearization, linearization.isLeading {
            return linearization.led(input, slope: slope)
        }
        let output = input.leakyRelu(slope: slope)
        linearization?.follow(unit: output)
        return output
    }

    /// Reports a statistic of this batch; the server blends the mean over all leaves into the running one.
    public func observe(_ statistic: Parameter, _ value: NDArray) {
        guard mode == .training else { return }
        observations[statistic.index, default: []].append(value)
    }

    /// The mean of each observed statistic over the batches of some passes, in the order in which they were observed.
    static func statistics(of passes: [ForwardPass]) -> [Int: NDArray] {
        let observations = passes.reduce(into: [Int: [NDArray]]()) { all, pass in
            all.merge(pass.observations, uniquingKeysWith: +)
        }
        return observations.mapValues { values in
            let sum = values.dropFirst().reduce(Tensor(values[0])) { $0 + Tensor($1) }
            return (sum / Float(values.count)).value
        }
    }
}

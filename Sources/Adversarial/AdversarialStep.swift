public import NeuralNetworks
public import Tensors

/// The heart: what one leaf of the batch contributes to one network's update.
///
/// A pure function of the weights, the turn and the leaf's examples; it changes nothing and remembers nothing.
public struct AdversarialStep: Sendable {
    /// The numbers of the two networks, which are also the order of their turns.
    public static let discriminatorNumber = 0
    public static let generatorNumber = 1

    public let discriminator: Network
    public let generator: Network
    public let loss: AdversarialLoss
    /// The length of a latent vector.
    public let latents: Int
    public let random: RandomSource

    public init(
        discriminator: Network, generator: Network, loss: AdversarialLoss, latents: Int,
        random: RandomSource
    ) {
        self.discriminator = discriminator
        self.generator = generator
        self.loss = loss
        self.latents = latents
        self.random = random
    }

    /// The networks in the order of their numbers.
    public var networks: [Network] { [discriminator, generator] }

    /// The part of a leaf's work that needs only the weights of the network that learns.
    ///
    /// So it can be done while the other's are still on their way.
    public struct Beginning {
        fileprivate let turn: Turn
        fileprivate let positions: Range<Int>
        fileprivate let pass: ForwardPass
        /// The scores of the real examples in a discriminator's turn, the fakes in a generator's.
        fileprivate let output: Tensor
    }

    /// Begins a leaf.
    ///
    /// - Parameters:
    ///   - positions: The leaf's place in the global batch.
    ///   - reals: Real examples, one for each position; read in the discriminator's turns.
    ///   - weights: Of the turn's network.
    public func begin(
        _ turn: Turn, positions: Range<Int>, reals: @autoclosure () throws -> NDArray,
        weights: NetworkWeights
    ) rethrows -> Beginning {
        let pass = ForwardPass(weights, .training, isDifferentiable: true)
        let output =
            turn.network == Self.discriminatorNumber
            ? discriminator(Tensor(try reals()), pass)
            : generator(latents(of: turn, positions), pass)
        return Beginning(turn: turn, positions: positions, pass: pass, output: output)
    }

    /// Finishes a leaf: writes the gradient, statistics and measures of the turn's network to `message`.
    ///
    /// - Parameters:
    ///   - message: A flat buffer of that network's shape.
    ///   - weights: Of each network, in the order of their numbers.
    public func finish(_ beginning: Beginning, to message: Storage, weights: [NetworkWeights]) {
        let (turn, pass) = (beginning.turn, beginning.pass)
        switch turn.network {
        case Self.discriminatorNumber:
            let source = ForwardPass(
                weights[Self.generatorNumber], .training, isDifferentiable: false)
            let fakes = generator(latents(of: turn, beginning.positions), source)
            let loss = loss.discriminator(beginning.output, discriminator(fakes, pass))
            discriminator.write(gradientOf: loss, measures: [loss.scalar], from: pass, to: message)
        default:
            let critic = ForwardPass(
                weights[Self.discriminatorNumber], .training, isDifferentiable: false)
            let loss = loss.generator(discriminator(beginning.output, critic))
            generator.write(gradientOf: loss, measures: [loss.scalar], from: pass, to: message)
        }
    }

    /// The generator's turn sees the latents of the iteration's first critic step.
    private func latents(of turn: Turn, _ positions: Range<Int>) -> Tensor {
        let place = RandomSource.Place(.latents, iteration: turn.iteration, repeat: turn.repeat)
        return Tensor(random.normal(rows: positions, columns: latents, at: place))
    }

    /// Examples from the generator, in evaluation, for counted latents: row i depends on `numbers` and the seed alone.
    public func samples(_ numbers: Range<Int>, seed: UInt64, weights: NetworkWeights) -> NDArray {
        withoutGradients {
            let place = RandomSource.Place(.samples)
            let latents = Tensor(
                RandomSource(seed: seed).normal(rows: numbers, columns: latents, at: place))
            return generator(latents, ForwardPass(weights, .evaluation, isDifferentiable: false))
                .value
        }
    }
}

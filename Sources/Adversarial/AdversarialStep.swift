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

    /// Writes the gradient, statistics and measures of `turn`'s network to `message`, its flat buffer's shape.
    ///
    /// - Parameters:
    ///   - positions: The leaf's place in the global batch.
    ///   - reals: Real examples, one for each position; read in the discriminator's turns.
    ///   - weights: Of each network, in the order of their numbers.
    public func contribute(
        to message: Storage, turn: Turn, positions: Range<Int>,
        reals: @autoclosure () throws -> NDArray,
        weights: [NetworkWeights]
    ) rethrows {
        // The last of an iteration's critic steps and the generator's step see the same latents.
        let place = RandomSource.Place(.latents, iteration: turn.iteration, repeat: turn.repeat)
        let latents = Tensor(random.normal(rows: positions, columns: latents, at: place))
        switch turn.network {
        case Self.discriminatorNumber:
            let fakes = fakes(from: latents, weights, isDifferentiable: false).output
            let pass = ForwardPass(weights[turn.network], .training, isDifferentiable: true)
            let loss = loss.discriminator(
                discriminator(Tensor(try reals()), pass), discriminator(fakes.detached(), pass))
            discriminator.write(gradientOf: loss, measures: [loss.scalar], from: pass, to: message)
        default:
            let (fakes, pass) = fakes(from: latents, weights, isDifferentiable: true)
            let critic = ForwardPass(
                weights[Self.discriminatorNumber], .training, isDifferentiable: false)
            let loss = loss.generator(discriminator(fakes, critic))
            generator.write(gradientOf: loss, measures: [loss.scalar], from: pass, to: message)
        }
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

    private func fakes(
        from latents: Tensor, _ weights: [NetworkWeights], isDifferentiable: Bool
    ) -> (output: Tensor, pass: ForwardPass) {
        let pass = ForwardPass(
            weights[Self.generatorNumber], .training, isDifferentiable: isDifferentiable)
        return (generator(latents, pass), pass)
    }
}

public import NeuralNetworks

/// How the weights of both sides move.
public struct OptimizerSettings: SettingGroup {
    public var learningRate = Sides<Float>(both: 2e-4)
    public var beta1: Float = 0.5
    public var beta2: Float = 0.999
    public var emaDecay: Float = 0.999
    public var annealing = 0
    public var learningRateEnd: Float = 1

    public init() {}

    public static let fields: [SettingField<Self>] = [
        .number(
            "discriminator-learning-rate", \.learningRate.discriminator, 0...1,
            "step size of the discriminator"),
        .number(
            "generator-learning-rate", \.learningRate.generator, 0...1, "step size of the generator"
        ),
        .number("beta1", \.beta1, 0...0.9999, "Adam's decay of the first moment"),
        .number("beta2", \.beta2, 0...0.999999, "Adam's decay of the second moment"),
        .number(
            "ema-decay", \.emaDecay, 0...0.999999, "decay of the generator's moving average"),
        .whole(
            "annealing", \.annealing, 0...1_000_000_000,
            "iterations over which learning rates, penalties, noise and top-k fall; 0: they stay as they are"
        ),
        .number(
            "learning-rate-end", \.learningRateEnd, 0...1,
            "share of both learning rates that is left at the end"),
    ]

    /// The optimizer of a side.
    public func adam(_ side: Side) -> Adam {
        Adam(rate: learningRate[side], beta1: beta1, beta2: beta2)
    }

    /// The share of its learning rate that a side has in an iteration.
    public func learningRateShare(at iteration: Int) -> Float {
        Annealing(iterations: annealing).share(at: iteration, end: learningRateEnd)
    }

    public func validate(among settings: Settings) throws {
        guard learningRateEnd == 1 || annealing > 0 else {
            throw SettingError(
                "annealing", expected: "the iterations until learning-rate-end is reached",
                found: annealing)
        }
    }
}

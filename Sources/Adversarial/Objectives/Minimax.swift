internal import Tensors

extension Losses {
    /// The game in its first form (Goodfellow et al., 2014): the generator lowers log(1 - σ(x)), the logarithm of the
    /// probability that its fakes are recognized, which teaches it little while the discriminator is certain.
    public static let minimax = Losses(
        discriminator: nonSaturating.discriminator,
        generator: .ofFakes { fakes in -fakes.softplus().mean() })
}

internal import Tensors

extension Losses {
    /// The game as it was first written (Goodfellow et al., 2014): the generator lowers the odds that its fakes are found
    /// out, log(1 - σ(x)), which teaches little where the discriminator is sure.
    public static let minimax = Losses(
        discriminator: nonSaturating.discriminator,
        generator: .ofFakes { fakes in -fakes.softplus().mean() })
}

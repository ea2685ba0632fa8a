internal import Tensors

extension Losses {
    /// Cross-entropy, with a generator that raises the odds of its fakes (Goodfellow et al., 2014).
    ///
    /// -log σ(x) = softplus(-x).
    public static let nonSaturating = Losses(
        discriminator: .ofEach(
            reals: { scores in (-scores).softplus().mean() },
            fakes: { scores in scores.softplus().mean() }),
        generator: .ofFakes { fakes in (-fakes).softplus().mean() })
}

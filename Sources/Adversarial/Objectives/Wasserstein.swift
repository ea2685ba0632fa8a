internal import Tensors

extension Losses {
    /// The critic's gap between fakes and reals (Arjovsky et al., 2017); slopes are bounded by clipped weights, or by a
    /// penalty (Gulrajani et al., 2017).
    public static let wasserstein = Losses(
        discriminator: .ofEach(
            reals: { scores in -scores.mean() }, fakes: { scores in scores.mean() }),
        generator: .ofFakes { fakes in -fakes.mean() })
}

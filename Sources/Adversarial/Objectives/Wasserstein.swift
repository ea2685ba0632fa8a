internal import Tensors

extension Objective {
    /// The critic's gap between real and fake, with slopes held near one (Gulrajani et al., 2017).
    public static let wassersteinGradientPenalty = Objective(
        name: "wasserstein, gradient penalty 10",
        discriminator: .ofEach(
            reals: { scores in -scores.mean() }, fakes: { scores in scores.mean() }),
        generator: .ofFakes { fakes in -fakes.mean() },
        penalties: [.unitSlope(weight: 10)])
}

internal import Tensors

extension Losses {
    /// Scores beyond a margin of one no longer teach the critic (Lim & Ye, 2017; Miyato et al., 2018).
    public static let hinge = Losses(
        discriminator: .ofEach(
            reals: { scores in (1 - scores).relu().mean() },
            fakes: { scores in (1 + scores).relu().mean() }),
        generator: .ofFakes { fakes in -fakes.mean() })
}

internal import Tensors

extension Losses {
    /// Half the squared distance to 1 for reals and to 0 for fakes (Mao et al., 2017).
    public static let leastSquares = Losses(
        discriminator: .ofEach(
            reals: { scores in (scores - 1).squared().mean() / 2 },
            fakes: { scores in scores.squared().mean() / 2 }),
        generator: .ofFakes { fakes in (fakes - 1).squared().mean() / 2 })
}

internal import Tensors

extension Losses {
    /// Judges each fake against a real (Jolicoeur-Martineau, 2018); with R1 and R2, this is R3GAN's objective (Huang et
    /// al., 2024).
    public static let relativistic = Losses(
        discriminator: .ofBoth { reals, fakes in (fakes - reals).softplus().mean() },
        generator: .ofBoth { reals, fakes in (reals - fakes).softplus().mean() })
}

internal import Tensors

extension Objective {
    /// Each fake against a real (Jolicoeur-Martineau, 2018), with zero-centred penalties on both (R1 + R2; Huang et al., 2024).
    ///
    /// - Parameter gamma: The weight of the penalties.
    public static func relativistic(gamma: Float) -> Objective {
        Objective(
            name: "relativistic, R1 + R2 \(gamma)",
            discriminator: .ofBoth { reals, fakes in (fakes - reals).softplus().mean() },
            generator: .ofBoth { reals, fakes in (reals - fakes).softplus().mean() },
            penalties: [
                .zeroSlope(at: .reals, weight: gamma), .zeroSlope(at: .fakes, weight: gamma),
            ])
    }
}

internal import Tensors

/// A penalty on the slopes |∂score/∂example| of a critic at some examples.
public struct GradientPenalty: Sendable {
    /// Where the slopes are taken.
    public enum Place: Int, Sendable {
        case reals, fakes
        /// Between a real example and a fake one, by a share drawn for each.
        case interpolates
        /// Around real examples, by half of their deviation at most (Kodali et al., 2017).
        case surroundings
    }

    private enum Target {
        case zero, one
    }

    public let place: Place
    private let target: Target
    private let weight: Float

    /// weight / 2 · the mean squared slope: R1 at reals, R2 at fakes (Mescheder et al., 2018).
    public static func zeroSlope(at place: Place, weight: Float) -> GradientPenalty {
        GradientPenalty(place: place, target: .zero, weight: weight)
    }

    /// weight · the mean of (slope - 1)² (Gulrajani et al., 2017).
    public static func unitSlope(at place: Place, weight: Float) -> GradientPenalty {
        GradientPenalty(place: place, target: .one, weight: weight)
    }

    /// From the squared slopes `[batch]` to a scalar.
    ///
    /// - Parameter share: Of the weight, where it is annealed.
    func value(_ squaredSlopes: Tensor, share: Float) -> Tensor {
        switch target {
        case .zero: squaredSlopes.mean() * (weight * share / 2)
        case .one:
            // Where the critic is flat, the root's own slope would be infinite.
            ((squaredSlopes + 1e-12).squareRoot() - 1).squared().mean() * (weight * share)
        }
    }
}

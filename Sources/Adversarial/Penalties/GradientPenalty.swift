internal import Tensors

/// A penalty on the slopes |∂score/∂example| of a critic at some examples.
public struct GradientPenalty: Sendable {
    /// The examples at which the slopes are taken.
    public enum Place: Int, Sendable {
        case reals, fakes
        /// Between a real example and a fake one, at a random share that each pair draws.
        case interpolates
        /// Around real examples, at a distance of at most half of their deviation (Kodali et al., 2017).
        case surroundings
    }

    private enum Target {
        case zero, one
    }

    public let place: Place
    private let target: Target
    private let weight: Float

    /// The penalty weight / 2 · the mean squared slope: R1 at reals, R2 at fakes (Mescheder et al., 2018).
    public static func zeroSlope(at place: Place, weight: Float) -> GradientPenalty {
        GradientPenalty(place: place, target: .zero, weight: weight)
    }

    /// The penalty weight · the mean of (slope - 1)² (Gulrajani et al., 2017).
    public static func unitSlope(at place: Place, weight: Float) -> GradientPenalty {
        GradientPenalty(place: place, target: .one, weight: weight)
    }

    /// The penalty for the squared slopes `[batch]`, a scalar.
    ///
    /// - Parameter share: The share of the weight that is left, if it is annealed.
    func value(_ squaredSlopes: Tensor, share: Float) -> Tensor {
        switch target {
        case .zero: squaredSlopes.mean() * (weight * share / 2)
        case .one:
            // Where the critic is flat, the square root's own slope would be infinite.
            ((squaredSlopes + 1e-12).squareRoot() - 1).squared().mean() * (weight * share)
        }
    }
}

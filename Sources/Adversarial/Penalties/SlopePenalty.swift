internal import Tensors

/// A penalty on the squared slopes |∂score/∂example|² of the discriminator at some examples.
public struct SlopePenalty: Sendable {
    /// Where the slopes are taken.
    public enum Place: Int, Sendable {
        case reals, fakes
        /// Between a real example and a fake one, by a share drawn for each.
        case mixtures
    }

    public let place: Place
    /// From the squared slopes `[batch]` to a scalar.
    let value: @Sendable (_ squaredSlopes: Tensor) -> Tensor

    /// weight / 2 · the mean squared slope: R1 at reals, R2 at fakes (Mescheder et al., 2018).
    public static func zeroSlope(at place: Place, weight: Float) -> SlopePenalty {
        SlopePenalty(place: place) { $0.mean() * (weight / 2) }
    }

    /// weight · the mean of (slope - 1)² between reals and fakes (Gulrajani et al., 2017).
    public static func unitSlope(weight: Float) -> SlopePenalty {
        SlopePenalty(place: .mixtures) {
            // Where the critic is flat, the root's own slope would be infinite.
            (($0 + 1e-12).squareRoot() - 1).squared().mean() * weight
        }
    }
}

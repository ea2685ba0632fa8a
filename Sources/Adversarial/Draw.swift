internal import Tensors

/// Which samples a generator draws: those of a seed, or some between those of two seeds.
public struct Draw: Hashable, Sendable {
    /// Sample i of a seed is always the same.
    public var seed: UInt64
    /// The deviation of latent vectors, which are trained with 1: smaller ones give samples that are more alike, and often better
    /// (Brock et al., 2019).
    public var truncation: Float = 1
    /// The seed of how things move, in games of clips; nil: the same as that of what they are.
    public var motionSeed: UInt64?
    /// The stream of latent vectors from which games of clips draw how things move; other games leave it alone.
    public static let motion = 255
    /// Another seed, if samples are on the way to those of that.
    public var other: UInt64?
    /// How far on that way they are, in 0...1.
    public var share: Float = 0

    /// - Parameter seed: The seed whose samples are drawn.
    public init(seed: UInt64) { self.seed = seed }

    /// Latent vectors, a row for each number; on the way between two they are as long as at its ends.
    func latents(_ numbers: Range<Int>, size: Int, stream: Int) -> Tensor {
        func normal(_ random: RandomSource) -> Tensor {
            Tensor(
                random.normal(
                    rows: numbers, columns: size, at: .init(.samples, network: stream)))
        }
        let own = stream == Self.motion ? motionSeed ?? seed : seed
        var latents = normal(RandomSource(seed: own))
        if let other {
            let length = (share * share + (1 - share) * (1 - share)).squareRoot()
            latents =
                latents * ((1 - share) / length) + normal(RandomSource(seed: other))
                * (share / length)
        }
        return truncation == 1 ? latents : latents * truncation
    }
}

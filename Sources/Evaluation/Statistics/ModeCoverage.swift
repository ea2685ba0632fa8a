internal import Foundation
public import Tensors

/// How many of a distribution's known modes samples reach, and how evenly (PacGAN's measures; Lin et al., 2018).
public struct ModeCoverage: Sendable {
    public let modes: Int
    /// Modes that some good sample belongs to.
    public let found: Int
    /// The share of samples that clearly belong to a mode.
    public let good: Double
    /// Σ p log(p / uniform) over the modes that samples are nearest to: 0 if all are as frequent, in nats.
    ///
    /// Its mean for n samples of the distribution itself is (modes - 1) / 2n.
    public let divergence: Double

    /// - Parameters:
    ///   - modes: The number of modes, which are counted from 0.
    ///   - nearest: The mode that each sample is nearest to.
    ///   - isGood: Whether it clearly belongs there.
    public init(modes: Int, nearest: [Int], isGood: [Bool]) {
        precondition(nearest.count == isGood.count && !nearest.isEmpty)
        self.modes = modes
        var counts = [Int](repeating: 0, count: modes)
        var reached = Set<Int>()
        for (mode, isGood) in zip(nearest, isGood) {
            counts[mode] += 1
            if isGood { reached.insert(mode) }
        }
        found = reached.count
        good = Double(isGood.count(where: \.self)) / Double(isGood.count)
        divergence = counts.reduce(0) { sum, count in
            let share = Double(count) / Double(nearest.count)
            return count == 0 ? sum : sum + share * log(share * Double(modes))
        }
    }

    /// Points `[count, 2]` near centres; good ones are within three deviations.
    public init(points: NDArray, centres: [SIMD2<Float>], deviation: Float) {
        let scalars = points.scalars
        let nearest = (0..<points.shape[0]).map { index -> (Int, Float) in
            let point = SIMD2(scalars[2 * index], scalars[2 * index + 1])
            let distances = centres.map { centre in
                let offset = point - centre
                return (offset * offset).sum()
            }
            let best = distances.indices.min { distances[$0] < distances[$1] } ?? 0
            return (best, distances[best])
        }
        let limit = 9 * deviation * deviation
        self.init(
            modes: centres.count, nearest: nearest.map(\.0), isGood: nearest.map { $0.1 <= limit })
    }
}

public import Tensors

/// Regions of the space of features that each hold about as much of the data, used to find those that samples miss
/// (after Richardson & Weiss, 2018).
///
/// A sample belongs to the region with the nearest centre, however far away that is. Samples that are not sharp yet
/// therefore count for the kind that they will become.
public struct Bins: Sendable {
    private let centres: Features
    /// The share of real examples in each region.
    private let shares: [Double]
    /// The regions of the same kind, for each region: itself, and all that are nearer than a quarter of the mean
    /// distance between two real examples.
    ///
    /// How samples spread within a kind therefore does not matter.
    private let kinds: [[Int]]

    /// Finds regions by k-means, from centres that are drawn far apart (Arthur & Vassilvitskii, 2007).
    ///
    /// There must be more real examples than regions, of which there will be `count`. The first centres are drawn from
    /// `random`.
    public init(of reals: Features, count: Int = 40, random: RandomSource) {
        var centres = Self.farApart(in: reals, count: min(count, reals.count), random)
        for _ in 0..<10 { centres = Self.means(of: reals, around: centres) }
        self.centres = centres
        let reach = reals.few.meanPairDistance / 4
        let distances = centres.squaredDistances(to: centres)
        kinds = (0..<centres.count).map { bin in
            (0..<centres.count).filter {
                distances[bin * centres.count + $0] <= reach * reach
            }
        }
        shares = Self.shares(of: reals, around: centres)
    }

    /// The share of the data whose kind is at most a quarter as frequent among samples.
    public func missedShare(by samples: Features) -> Double {
        let found = Self.shares(of: samples, around: centres)
        return shares.indices.reduce(0) { missed, bin in
            let real = kinds[bin].reduce(0) { $0 + shares[$1] }
            let sampled = kinds[bin].reduce(0) { $0 + found[$1] }
            return missed + (sampled <= real / 4 ? shares[bin] : 0)
        }
    }

    private static func nearest(_ features: Features, _ centres: Features) -> [Int] {
        let distances = features.squaredDistances(to: centres)
        return (0..<features.count).map { row in
            let own = distances[(row * centres.count)..<((row + 1) * centres.count)]
            return (own.indices.min { own[$0] < own[$1] } ?? own.startIndex) - own.startIndex
        }
    }

    private static func shares(of features: Features, around centres: Features) -> [Double] {
        var shares = [Double](repeating: 0, count: centres.count)
        for bin in nearest(features, centres) { shares[bin] += 1 / Double(features.count) }
        return shares
    }

    private static func means(of features: Features, around centres: Features) -> Features {
        let width = features.dimensions
        var sums = [Double](repeating: 0, count: centres.values.count)
        var counts = [Double](repeating: 0, count: centres.count)
        for (row, bin) in nearest(features, centres).enumerated() {
            counts[bin] += 1
            for column in 0..<width {
                sums[bin * width + column] += features.values[row * width + column]
            }
        }
        let values = sums.indices.map { index in
            counts[index / width] > 0 ? sums[index] / counts[index / width] : centres.values[index]
        }
        return Features(count: centres.count, dimensions: width, values: values)
    }

    /// Draws rows one after another, each with a probability that grows with its squared distance to those before.
    private static func farApart(in features: Features, count: Int, _ random: RandomSource)
        -> Features
    {
        let draws = random.uniform(count, at: .init(.directions, network: 1))
        var chosen = features[0..<1]
        var distances = features.squaredDistances(to: chosen)
        while chosen.count < count {
            var left = Double(draws[chosen.count]) * distances.reduce(0, +)
            let row =
                distances.firstIndex { distance in
                    left -= distance
                    return left < 0
                } ?? chosen.count
            let next = features[row..<(row + 1)]
            distances = zip(distances, features.squaredDistances(to: next)).map(min)
            chosen = chosen + next
        }
        return chosen
    }
}

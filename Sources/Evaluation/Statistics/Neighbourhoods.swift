/// How samples and real examples lie among each other, by the balls that reach to each example's k-th neighbour.
public struct Neighbourhoods: Sendable {
    /// The share of samples inside the ball of some real example, which says whether they look real (Kynkäänniemi et
    /// al., 2019).
    public let precision: Double
    /// The share of real examples inside the ball of some sample, which says whether all kinds are there.
    public let recall: Double
    /// The mean number of real balls that a sample lies in, divided by k: precision that single outliers do not decide
    /// (Naeem et al., 2020).
    ///
    /// It may exceed 1.
    public let density: Double
    /// The share of real examples whose ball contains a sample.
    public let coverage: Double

    /// Compares samples with real examples; `neighbours` is the number k.
    public init(of samples: Features, among reals: Features, neighbours: Int = 5) {
        let distances = reals.squaredDistances(to: samples)
        let realRadii = reals.squaredRadii(neighbours)
        let sampleRadii = samples.squaredRadii(neighbours)
        var balls = [Int](repeating: 0, count: samples.count)
        var (found, covered) = (0, 0)
        for real in 0..<reals.count {
            var (isFound, isCovered) = (false, false)
            for sample in 0..<samples.count {
                let distance = distances[real * samples.count + sample]
                if distance < realRadii[real] {
                    balls[sample] += 1
                    isCovered = true
                }
                if distance < sampleRadii[sample] { isFound = true }
            }
            found += isFound ? 1 : 0
            covered += isCovered ? 1 : 0
        }
        precision = Double(balls.count { $0 > 0 }) / Double(samples.count)
        recall = Double(found) / Double(reals.count)
        density = Double(balls.reduce(0, +)) / Double(neighbours * samples.count)
        coverage = Double(covered) / Double(reals.count)
    }
}

extension Features {
    /// The squared distance of each row to its k-th nearest other row.
    fileprivate func squaredRadii(_ neighbours: Int) -> [Double] {
        precondition(count > neighbours, "\(count) rows have no neighbour \(neighbours)")
        let distances = squaredDistances(to: self)
        return (0..<count).map { row in
            // The row itself comes first, at distance 0.
            var others = Array(distances[(row * count)..<((row + 1) * count)])
            others[row] = -1
            others.sort()
            return others[neighbours]
        }
    }

    /// The distance of each row to the nearest row of another.
    public func distancesToNearest(of other: Features) -> [Double] {
        let distances = squaredDistances(to: other)
        return (0..<count).map { row in
            (distances[(row * other.count)..<((row + 1) * other.count)].min() ?? 0).squareRoot()
        }
    }
}

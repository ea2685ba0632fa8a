/// Measures how much the columns of samples, and each pair of columns, are distributed as those of the data.
///
/// Both are 1 minus half the sum of differences of shares (the contingency similarity of SDMetrics; Patki et al., 2016), with numbers in
/// ten bins that each have a tenth of the data. They are mild: judge by ``TwoSampleClassifier``.
public struct TableSimilarity: Measure {
    private static let bins = 10

    public init() {}

    public let usualCount = 10_000
    public let usesExtractor = false

    public func check(_ subject: Subject) throws { try subject.requireRows() }

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [.init("columns", better: .larger), .init("pairs", better: .larger)]
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let (found, counts) = samples.decodedRows.bins(Self.bins)
        let (wanted, _) = reals.training.decodedRows.bins(Self.bins)
        let columns = counts.indices.map { column in
            Self.similarity(found[column], wanted[column], count: counts[column])
        }
        var pairs: [Double] = []
        for first in counts.indices {
            for second in counts.indices.dropFirst(first + 1) {
                func joint(_ bins: [[Int]]) -> [Int] {
                    zip(bins[first], bins[second]).map { $0 * counts[second] + $1 }
                }
                pairs.append(
                    Self.similarity(
                        joint(found), joint(wanted), count: counts[first] * counts[second]))
            }
        }
        return [columns.mean, pairs.isEmpty ? 1 : pairs.mean]
    }

    private static func similarity(_ found: [Int], _ wanted: [Int], count: Int) -> Double {
        var difference = Array(repeating: 0.0, count: count)
        for bin in found { difference[bin] += 1 / Double(found.count) }
        for bin in wanted { difference[bin] -= 1 / Double(wanted.count) }
        return 1 - difference.reduce(0) { $0 + abs($1) } / 2
    }
}

extension [Double] {
    fileprivate var mean: Double { reduce(0, +) / Double(count) }
}

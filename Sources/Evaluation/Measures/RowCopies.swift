/// Measures which share of samples are the same as one of as many training rows, and how many repeat another sample.
///
/// Two rows are the same if all choices are, and all numbers are in the same thousandth of the data. Equal numbers that many rows have are
/// spread over their ranks, so rows of few distinct numbers look less alike than they are; held-out rows, beside which both
/// stand, do so as well.
public struct RowCopies: Measure {
    private static let bins = 1_000

    public init() {}

    public let usualCount = 10_000
    public let usesExtractor = false

    public func check(_ subject: Subject) throws { try subject.requireRows() }

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [.init("copies", better: .nearer), .init("repeats", better: .nearer)]
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let rows = Self.keys(samples)
        let known = Set(Self.keys(reals.training))
        let copies = rows.count { known.contains($0) }
        return [
            Double(copies) / Double(rows.count),
            1 - Double(Set(rows).count) / Double(rows.count),
        ]
    }

    private static func keys(_ observations: Observations) -> [[Int]] {
        let rows = observations.decodedRows
        let (bins, _) = rows.bins(bins)
        return (0..<rows.count).map { row in bins.map { $0[row] } }
    }
}

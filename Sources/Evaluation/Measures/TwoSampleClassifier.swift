internal import Datasets

/// Measures whether boosted trees tell samples from data (Lopez-Paz & Oquab, 2017), and whether what trees learn from samples holds
/// for data (train on synthetic, test on real).
///
/// `two-sample-auc` is the area under the curve of trees on rows that they have not seen: 0.5 where they cannot tell. `prediction` is the mean
/// over columns of how well trees that were grown on samples predict the column of held-out rows from the others: the share
/// of right choices, and the explained variance of numbers.
public struct TwoSampleClassifier: Measure {
    /// Columns that are predicted, at most: the last ones, among which is usually what a table is about.
    private static let mostPredicted = 20

    public init() {}

    public let usualCount = 10_000
    public let usesExtractor = false

    public func check(_ subject: Subject) throws { try subject.requireRows() }

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [.init("two-sample-auc", better: .nearer), .init("prediction", better: .larger)]
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        // Held-out rows in the place of samples are compared with training rows, and so are samples.
        let rows = samples.decodedRows
        let training = reals.training.decodedRows
        let grownOn = samples === reals.heldOut ? training : rows
        do {
            return [
                try Self.area(rows.features, training.features),
                try Self.prediction(grownOn, reals.heldOut.decodedRows),
            ]
        } catch { return [.nan, .nan] }
    }

    /// The area under the curve of trees that tell two halves of rows apart and are asked about the other halves.
    static func area(_ first: BoostedTrees.Rows, _ second: BoostedTrees.Rows) throws -> Double {
        func half(_ rows: BoostedTrees.Rows, _ parity: Int) -> BoostedTrees.Rows {
            rows.chosen(stride(from: parity, to: rows.count, by: 2))
        }
        func joined(_ parity: Int) -> (rows: BoostedTrees.Rows, labels: [Float]) {
            let (one, other) = (half(first, parity), half(second, parity))
            return (
                BoostedTrees.Rows(one.values + other.values, features: one.features),
                Array(repeating: 1, count: one.count) + Array(repeating: 0, count: other.count)
            )
        }
        let (known, asked) = (joined(0), joined(1))
        let trees = try BoostedTrees(known.rows, labels: known.labels, .either)
        let odds = try trees.predictions(asked.rows)
        return area(odds, asked.labels)
    }

    /// The chance that one of label 1 has larger odds than one of label 0; equal odds count half.
    static func area(_ odds: [Float], _ labels: [Float]) -> Double {
        let order = odds.indices.sorted { odds[$0] < odds[$1] }
        var (ranks, start) = (0.0, 0)
        while start < order.count {
            var end = start
            while end < order.count, odds[order[end]] == odds[order[start]] { end += 1 }
            let mean = Double(start + end + 1) / 2
            for place in start..<end where labels[order[place]] == 1 { ranks += mean }
            start = end
        }
        let ones = Double(labels.count { $0 == 1 })
        let others = Double(labels.count) - ones
        return (ranks - ones * (ones + 1) / 2) / (ones * others)
    }

    /// How well trees that were grown on some rows predict each column of others from the rest.
    static func prediction(_ rows: DecodedRows, _ heldOut: DecodedRows) throws -> Double {
        let (known, asked) = (rows.features, heldOut.features)
        guard known.features > 1 else { return .nan }
        var scores: [Double] = []
        var feature = 0
        for (column, span) in rows.form.spans.enumerated() {
            defer { feature += (span.choices > 0 ? 1 : 0) + (span.hasNumber ? 1 : 0) }
            guard column >= rows.form.spans.count - mostPredicted else { continue }
            // Of a number that may be something else, that it is one is predicted.
            let (rest, labels) = known.split(at: feature)
            let (others, wanted) = asked.split(at: feature)
            let classes = span.choices
            guard classes > 0 else {
                let trees = try BoostedTrees(rest, labels: labels, .number)
                scores.append(explained(wanted, by: try trees.predictions(others)))
                continue
            }
            // A class that no row has makes no trees.
            guard Set(labels).count > 1 else {
                scores.append(
                    share(wanted, equalTo: Array(repeating: labels[0], count: wanted.count)))
                continue
            }
            let trees = try BoostedTrees(rest, labels: labels, .choice(classes))
            scores.append(share(wanted, equalTo: try trees.predictions(others)))
        }
        return scores.reduce(0, +) / Double(scores.count)
    }

    private static func share(_ wanted: [Float], equalTo found: [Float]) -> Double {
        Double(zip(wanted, found).count { $0 == $1 }) / Double(wanted.count)
    }

    /// The share of the variance that predictions explain, 0 at least.
    private static func explained(_ wanted: [Float], by found: [Float]) -> Double {
        let mean = wanted.reduce(0) { $0 + Double($1) } / Double(wanted.count)
        let (rest, all) = zip(wanted, found).reduce((0.0, 0.0)) { sums, pair in
            let (wanted, found) = (Double(pair.0), Double(pair.1))
            return (
                sums.0 + (wanted - found) * (wanted - found),
                sums.1 + (wanted - mean) * (wanted - mean)
            )
        }
        return all > 0 ? max(0, 1 - rest / all) : 0
    }
}

internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

/// Brings each column of samples to the distribution of its data, which needs no learning: what a network learns well is how
/// columns depend on each other.
///
/// Numbers are replaced by their ranks among some thousands of samples. To the scores of choices something is added, so that each is
/// chosen as often as in the data.
struct RowCalibration: Sendable {
    private static let samples = 1 << 15
    private static let rounds = 60

    private let form: RowForm
    /// What is added to the scores of a row.
    private let offsets: [Float]
    /// For each span, the numbers of the samples in ascending order; empty where it has none.
    private let sorted: [[Float]]

    /// Whatever a generator's samples are, these are calibrated by the shares of its training rows.
    static func refinement(
        _ files: RunFiles, _ draw: (Range<Int>) throws -> Examples
    ) throws -> Recipe.Refinement {
        let encoder = try TableEncoder(
            json: try files.content(of: TableEncoder.file),
            source: "\(files.source)/\(TableEncoder.file)")
        let scores = try draw(0..<samples)[TableGame.scores].value.scalars
        let calibration = RowCalibration(encoder, scores: scores)
        return { fakes in
            let scores = fakes[TableGame.scores].value
            return [
                TableRows.field: Tensor(
                    calibration.rows(scores.scalars), shape: scores.shape)
            ]
        }
    }

    /// - Parameter scores: Those of some thousands of rows, one after another.
    init(_ encoder: TableEncoder, scores: [Float]) {
        let form = encoder.form
        self.form = form
        let count = scores.count / form.width
        var offsets = Array(repeating: Float(0), count: form.width)
        var sorted: [[Float]] = []
        for (column, index) in encoder.learned.enumerated() {
            let (start, span) = (form.starts[column], form.spans[column])
            /// The scores of the span's place, of all rows.
            func scoresOf(_ place: Int) -> [Float] {
                (0..<count).map { scores[$0 * form.width + start + place] }
            }
            let places = (0..<span.choices).map(scoresOf)
            let found = Self.offsets(places, counts: encoder.columns[index].counts)
            for (place, offset) in found.enumerated() { offsets[start + place] = offset }
            guard span.hasNumber else {
                sorted.append([])
                continue
            }
            let numbers = scoresOf(span.width - 1)
            let rows = (0..<count).filter { row in
                span.choices == 0
                    || Self.choice(places.map { $0[row] }, found) == span.choices - 1
            }
            sorted.append(rows.map { numbers[$0] }.sorted())
        }
        (self.offsets, self.sorted) = (offsets, sorted)
    }

    /// What to add to the scores of a span's places so that each is chosen as often as it should be.
    ///
    /// Each round moves scores by half of what odds lack. Of all rounds the one counts whose largest error is the smallest.
    private static func offsets(_ scores: [[Float]], counts: [Int]) -> [Float] {
        guard let rows = scores.first?.count, rows > 0 else { return [] }
        let total = Float(max(1, counts.reduce(0, +)))
        let wanted = counts.map { Float($0) / total }
        var offsets = Array(repeating: Float(0), count: scores.count)
        var best = (error: Float.infinity, offsets: offsets)
        let floor = 0.5 / Float(rows)
        // How far scores differ says how much must be added to change a choice.
        let all = scores.joined()
        let mean = all.reduce(0, +) / Float(all.count)
        let deviation =
            (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(all.count)).squareRoot()
        let scale = max(0.1, 0.25 * deviation)
        for round in 0..<rounds {
            var found = Array(repeating: 0, count: scores.count)
            for row in 0..<rows {
                var (place, largest) = (0, -Float.infinity)
                for (candidate, scores) in scores.enumerated() {
                    let score = scores[row] + offsets[candidate]
                    if score > largest { (place, largest) = (candidate, score) }
                }
                found[place] += 1
            }
            let shares = found.map { Float($0) / Float(rows) }
            let error = zip(shares, wanted).map { abs($0 - $1) }.max() ?? 0
            if error < best.error { best = (error, offsets) }
            guard error > floor else { break }
            let damping = scale / (1 + 0.1 * Float(round))
            for place in offsets.indices {
                // A factor of more than e in one round would overshoot.
                let lack = (wanted[place] + floor) / (shares[place] + floor)
                offsets[place] += damping * max(-1, min(1, logarithm(lack)))
            }
        }
        return best.offsets
    }

    private static func choice(_ scores: [Float], _ offsets: [Float]) -> Int {
        let sums = zip(scores, offsets).map(+)
        return sums.indices.reduce(0) { sums[$1] > sums[$0] ? $1 : $0 }
    }

    /// The rows that scores stand for, both one after another.
    func rows(_ scores: [Float]) -> [Float] {
        var rows = Array(repeating: Float(0), count: scores.count)
        for row in stride(from: 0, to: scores.count, by: form.width) {
            for (column, span) in form.spans.enumerated() {
                let start = row + form.starts[column]
                var isNumber = true
                if span.choices > 0 {
                    let places = start..<(start + span.choices)
                    let best = places.reduce(start) {
                        scores[$1] + offsets[$1 - row] > scores[$0] + offsets[$0 - row] ? $1 : $0
                    }
                    rows[best] = 1
                    isNumber = best == start + span.choices - 1
                }
                guard span.hasNumber, isNumber else { continue }
                rows[start + span.width - 1] =
                    2 * share(of: scores[start + span.width - 1], in: sorted[column]) - 1
            }
        }
        return rows
    }

    /// The share of numbers that are below one, between its neighbours in proportion.
    private func share(of number: Float, in sorted: [Float]) -> Float {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < number { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        guard low < sorted.count else { return 1 }
        let gap = sorted[low] - sorted[low - 1]
        let rest = gap > 0 ? (number - sorted[low - 1]) / gap : 0
        return (Float(low - 1) + rest + 0.5) / Float(sorted.count)
    }
}

/// The logarithm, the same on every machine: half of what odds lack need not be exact, but must not depend on a library.
private func logarithm(_ number: Float) -> Float {
    Tensor([number], shape: [1]).logarithm().value.scalars[0]
}

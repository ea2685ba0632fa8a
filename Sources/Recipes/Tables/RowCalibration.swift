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
    /// Of wide rows there are fewer samples: 128 MB of scores.
    private static let mostScores = 1 << 25
    private static let leastSamples = 1 << 10
    private static let rounds = 40

    private let form: RowForm
    /// What is added to the scores of a row.
    private let offsets: [Float]
    /// For each span, the numbers of the samples in ascending order; empty where it has none.
    private let sorted: [[Float]]

    /// Whatever a generator's samples are, these are calibrated by the shares of its training rows.
    static func refinement(
        _ field: Field, _ files: RunFiles, _ draw: (Range<Int>) throws -> Examples
    ) throws -> Recipe.Refinement {
        let encoder = try TableEncoder(files)
        guard encoder.form == field.kind.form else {
            throw EvaluationError(
                "\(files.source)/\(TableEncoder.file): expected that of this run, with rows of \(field.shape), found another's"
            )
        }
        let count = max(leastSamples, min(samples, mostScores / encoder.form.width))
        let scores = try draw(0..<count)[TableGame.scores].value.scalars
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
            guard span.choices > 0 else {
                sorted.append(numbers.sorted())
                continue
            }
            let chosen = Self.best(places, found).place
            let areNumbers = zip(numbers, chosen).filter { $1 == span.choices - 1 }
            sorted.append(areNumbers.map(\.0).sorted())
        }
        (self.offsets, self.sorted) = (offsets, sorted)
    }

    /// What to add to the scores of a span's places so that each is chosen as often as it should be.
    ///
    /// Each round is a damped step of Newton's method: what a place lacks over how fast its share grows, which is how many rows are
    /// about to choose it. Of all rounds the one counts whose shares are nearest to those of the data.
    ///
    /// - Parameter scores: Those of each place, of all rows.
    private static func offsets(_ scores: [[Float]], counts: [Int]) -> [Float] {
        guard let rows = scores.first?.count, rows > 0 else { return [] }
        let total = Float(max(1, counts.reduce(0, +)))
        let wanted = counts.map { Float($0) / total }
        let reach = scores.map { 0.3 * max(1e-3, deviation($0)) }
        var offsets = Array(repeating: Float(0), count: scores.count)
        var best = (error: Float.infinity, offsets: offsets)
        for _ in 0..<rounds {
            let (chosen, near) = choices(scores, offsets, reach)
            let lacks = zip(wanted, chosen).map { $0 - Float($1) / Float(rows) }
            let error = lacks.reduce(0) { $0 + abs($1) } / 2
            if error < best.error { best = (error, offsets) }
            guard error > 0.5 / Float(rows) else { break }
            for place in offsets.indices {
                let growth = Float(near[place] + 1) / (2 * reach[place] * Float(rows))
                let step = 0.7 * lacks[place] / growth
                offsets[place] += max(-2 * reach[place], min(2 * reach[place], step))
            }
        }
        return best.offsets
    }

    /// How many rows choose each place, and how many would do so, or would no longer, if its scores changed within its reach.
    private static func choices(
        _ scores: [[Float]], _ offsets: [Float], _ reach: [Float]
    ) -> (chosen: [Int], near: [Int]) {
        let (place, largest, second) = best(scores, offsets)
        var chosen = Array(repeating: 0, count: scores.count)
        for place in place { chosen[place] += 1 }
        let near = scores.indices.map { candidate in
            place.indices.count { row in
                let rival = place[row] == candidate ? second[row] : largest[row]
                return abs(rival - scores[candidate][row] - offsets[candidate]) < reach[candidate]
            }
        }
        return (chosen, near)
    }

    /// The place that each row chooses, and its largest and second largest scores.
    private static func best(
        _ scores: [[Float]], _ offsets: [Float]
    ) -> (place: [Int], largest: [Float], second: [Float]) {
        let rows = scores[0].count
        var largest = Array(repeating: -Float.infinity, count: rows)
        var second = largest
        var place = Array(repeating: 0, count: rows)
        for (candidate, scores) in scores.enumerated() {
            for row in 0..<rows {
                let score = scores[row] + offsets[candidate]
                if score > largest[row] {
                    (second[row], largest[row], place[row]) = (largest[row], score, candidate)
                } else if score > second[row] {
                    second[row] = score
                }
            }
        }
        return (place, largest, second)
    }

    private static func deviation(_ numbers: [Float]) -> Float {
        let mean = numbers.reduce(0, +) / Float(numbers.count)
        let sum = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (sum / Float(numbers.count)).squareRoot()
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
        let low = sorted.firstNotBelow(number)
        guard low > 0 else { return 0 }
        guard low < sorted.count else { return 1 }
        let gap = sorted[low] - sorted[low - 1]
        let rest = gap > 0 ? (number - sorted[low - 1]) / gap : 0
        return (Float(low - 1) + rest + 0.5) / Float(sorted.count)
    }
}

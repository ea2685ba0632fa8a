internal import Datasets
internal import Tensors

/// Encoded rows of a table as their columns: what was chosen, and numbers.
struct DecodedRows: Sendable {
    let form: RowForm
    let count: Int
    /// For each column, the place that each row chose; empty where it is always a number.
    let choices: [[Int]]
    /// For each column, the number in -1...1 of each row, 0 where it is none; empty where it never is one.
    let numbers: [[Float]]

    init(_ rows: NDArray, _ form: RowForm) {
        self.form = form
        let count = rows.shape[0]
        self.count = count
        let values = rows.scalars
        choices = zip(form.starts, form.spans).map { start, span in
            guard span.choices > 0 else { return [] }
            return (0..<count).map { row in
                let first = row * form.width + start
                return (0..<span.choices).first { values[first + $0] > 0.5 } ?? 0
            }
        }
        numbers = zip(form.starts, form.spans).map { start, span in
            guard span.hasNumber else { return [] }
            return (0..<count).map { values[$0 * form.width + start + span.width - 1] }
        }
    }

    /// Rows of a feature for each choice and each number.
    var features: BoostedTrees.Rows {
        let columns = form.spans.indices.flatMap { column in
            [choices[column].map(Float.init), numbers[column]].filter { !$0.isEmpty }
        }
        return BoostedTrees.Rows(
            (0..<count).flatMap { row in columns.map { $0[row] } }, features: columns.count)
    }

    /// For each column, the bin of each row: its choice, where that is no number, or one of some bins of equal width.
    func bins(_ numberBins: Int) -> (bins: [[Int]], counts: [Int]) {
        var all: [[Int]] = []
        var counts: [Int] = []
        for (column, span) in form.spans.enumerated() {
            guard span.hasNumber else {
                all.append(choices[column])
                counts.append(span.choices)
                continue
            }
            let special = max(0, span.choices - 1)
            all.append(
                (0..<count).map { row in
                    if special > 0, choices[column][row] < special { return choices[column][row] }
                    let share = (numbers[column][row] + 1) / 2
                    return special + max(0, min(numberBins - 1, Int(share * Float(numberBins))))
                })
            counts.append(special + numberBins)
        }
        return (all, counts)
    }
}

extension Observations {
    /// The rows of a table; computed once.
    var decodedRows: DecodedRows {
        derived {
            guard let form = subject.fields[0].kind.form else {
                preconditionFailure("\(subject.name) draws no rows of a table")
            }
            return DecodedRows(values(), form)
        }
    }
}

extension Subject {
    /// - Throws: ``EvaluationError`` for examples that are no rows of a table.
    func requireRows() throws {
        guard fields[0].kind.form != nil else {
            throw EvaluationError(
                "measures of tables: expected rows of a table, found \(fields[0].kind) of \(name)")
        }
    }
}

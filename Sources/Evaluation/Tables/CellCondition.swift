internal import Datasets
internal import Foundation

/// A condition such as "age>=60" on the cells of a row.
struct CellCondition {
    private enum Comparison: String, CaseIterable {
        // Those of two characters are looked for first.
        case atLeast = ">="
        case atMost = "<="
        case different = "!="
        case equal = "="
        case above = ">"
        case below = "<"

        /// Whether texts, too, can be compared so.
        var isOfTexts: Bool { self == .equal || self == .different }
    }

    private let column: Int
    private let comparison: Comparison
    private let text: String
    /// How the column's numbers are read, and the number to compare with; nil for a column of texts.
    private let number: (format: CellFormat, value: Double)?

    /// - Throws: ``EvaluationError`` for a text that is no condition on one of the columns that are learned.
    init(_ condition: String, on encoder: TableEncoder) throws {
        guard
            let (place, comparison) = condition.indices.lazy.compactMap({ index in
                Comparison.allCases.first { condition[index...].hasPrefix($0.rawValue) }
                    .map { (index, $0) }
            }).first
        else {
            throw EvaluationError(
                "--where: expected a condition such as 'age>=60' or city=Paris, found '\(condition)'"
            )
        }
        func trimmed(_ text: Substring) -> String {
            text.trimmingCharacters(in: .whitespaces)
        }
        let name = trimmed(condition[..<place])
        text = trimmed(condition[place...].dropFirst(comparison.rawValue.count))
        self.comparison = comparison
        guard let column = encoder.column(name), encoder.columns[column].varies else {
            let names = encoder.columns.filter(\.varies).map(\.name)
            throw EvaluationError(
                "--where: expected a column that is learned (\(names.prefix(30).map(shown).joined(separator: ", "))), found '\(shown(name))'"
            )
        }
        self.column = column
        switch encoder.columns[column].content {
        case .number(let numbers):
            let value = numbers.format.number(text)
            let isSpecial = numbers.special.map(\.text).contains(text)
            guard value != nil || (isSpecial && comparison.isOfTexts) else {
                throw EvaluationError(
                    "--where: expected \(name) to be compared with a number such as \(numbers.format.text(numbers.quantiles.value(at: 0.5))), found '\(text)'"
                )
            }
            number = value.map { (numbers.format, $0) }
        case .choice(let choices):
            number = try Self.number(
                text, comparison, among: (choices.options + choices.rare).map(\.text), of: name)
        case .following(let following):
            number = try Self.number(text, comparison, among: following.texts, of: name)
        case .constant, .identifier: preconditionFailure("\(name) is not learned")
        }
    }

    /// What a text that is compared with choices is as a number; nil where these are words.
    private static func number(
        _ text: String, _ comparison: Comparison, among known: [String], of name: String
    ) throws -> (format: CellFormat, value: Double)? {
        let numbers = known.filter { $0.contains(where: \.isNumber) }
        let formats = [
            (try? DatePattern.common(to: numbers, dayFirst: nil)).flatMap(\.self).map(
                CellFormat.date),
            NumberFormat.common(to: numbers).map(CellFormat.number),
        ]
        for format in formats.compactMap(\.self) {
            if let value = format.number(text) { return (format, value) }
        }
        guard comparison.isOfTexts else {
            throw EvaluationError(
                "--where: expected = or != with \(name), which is a choice among texts, found \(comparison.rawValue)"
            )
        }
        guard known.contains(text) else {
            throw EvaluationError(
                "--where: expected a text of \(name) (\(known.prefix(20).map(shown).joined(separator: ", "))), found '\(text)'"
            )
        }
        return nil
    }

    func holds(_ cells: [String]) -> Bool {
        let cell = cells[column]
        guard let number, let found = number.format.number(cell) else {
            return comparison == .different ? cell != text : comparison == .equal && cell == text
        }
        return switch comparison {
        case .atLeast: found >= number.value
        case .atMost: found <= number.value
        case .different: found != number.value
        case .equal: found == number.value
        case .above: found > number.value
        case .below: found < number.value
        }
    }
}

extension ColumnEncoder {
    /// Whether rows differ in what a model says of it.
    fileprivate var varies: Bool {
        switch content {
        case .constant, .identifier: false
        case .choice, .following, .number: true
        }
    }
}

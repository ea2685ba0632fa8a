internal import Datasets
internal import Foundation
internal import Platform
internal import Pictures
public import Tensors

/// Samples as the rows of a file of separated values, in the dialect and the formats of the data.
public struct TableDepiction: Depiction {
    public init() {}

    public func shows(_ shape: Shape) -> Bool { shape.rank == 1 }

    public var formats: [SampleFormat] {
        [
            SampleFormat(
                endings: ["csv", "tsv", "txt"],
                together: { _, path, files in try TableFile(path, TableEncoder(files)) },
                alone: nil)
        ]
    }

    public func selection(_ conditions: [String], _ files: RunFiles) throws -> SampleSelection {
        let encoder = try TableEncoder(files)
        let wanted = try conditions.map { try CellCondition($0, on: encoder) }
        return { samples in
            let width = encoder.form.width
            let rows = samples.scalars
            return rows.withUnsafeBufferPointer { rows in
                guard let start = rows.baseAddress else { return [] }
                return (0..<samples.shape[0]).filter { row in
                    let cells = encoder.cells(start + row * width, number: row)
                    return wanted.allSatisfy { $0.holds(cells) }
                }
            }
        }
    }
}

extension Depiction where Self == TableDepiction {
    /// Rows of a table.
    public static var table: Self { TableDepiction() }
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

extension TableEncoder {
    init(_ files: RunFiles) throws {
        try self.init(
            json: try files.content(of: Self.file), source: "\(files.source)/\(Self.file)")
    }
}

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

/// A file of rows, written as they come.
private final class TableFile: SampleFile {
    private static let bufferSize = 1 << 16
    private let encoder: TableEncoder
    private let dialect: TableDialect
    private let path: String
    private let file: UnfinishedFile
    private let descriptor: Int32
    private var buffer: [UInt8]
    private var rows = 0

    init(_ path: String, _ encoder: TableEncoder) throws {
        self.encoder = encoder
        self.path = path
        var dialect = encoder.dialect
        if path.hasSuffix(".tsv") { dialect.separator = .tab }
        self.dialect = dialect
        file = UnfinishedFile(path)
        descriptor = open(file.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        buffer = dialect.mark
        guard descriptor >= 0 else { throw refusal() }
        if dialect.hasHeader { try write(encoder.columns.map(\.name)) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func add(_ samples: NDArray, beside others: [NDArray]) throws {
        let width = encoder.form.width
        let numbers = samples.scalars
        for start in stride(from: 0, to: numbers.count, by: width) {
            let cells = numbers.withUnsafeBufferPointer { numbers in
                numbers.baseAddress.map { encoder.cells($0 + start, number: rows) } ?? []
            }
            try write(cells)
            rows += 1
        }
    }

    func finish() throws {
        try flush()
        guard file.finish() else { throw refusal() }
    }

    private func write(_ cells: [String]) throws {
        buffer += dialect.bytes(dialect.line(cells))
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func flush() throws {
        guard buffer.withUnsafeBytes({ writeAll($0, to: descriptor) }) else { throw refusal() }
        buffer.removeAll(keepingCapacity: true)
    }

    private func refusal() -> EvaluationError {
        let reason = String(cString: strerror(errno))
        return EvaluationError("\(path): expected a file that can be written, found: \(reason)")
    }
}

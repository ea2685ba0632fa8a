public import Foundation
internal import Tensors

/// How the rows of a table become numbers, and numbers become lines of a file again.
public struct TableEncoder: Sendable, Codable {
    public let dialect: TableDialect
    public let columns: [ColumnEncoder]

    /// The file of a run's folder that it is kept in.
    public static let file = "encoder.json"

    /// The columns that are learned, by their numbers.
    public var learned: [Int] { columns.indices.filter { columns[$0].span != nil } }

    /// What a row is made of.
    public var form: RowForm { RowForm(columns.compactMap(\.span)) }

    /// The number of the column of a name; nil if there is none.
    public func column(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }

    /// Reads what ``json`` wrote.
    ///
    /// - Throws: ``DataError`` for anything else; `source` is what the message calls it.
    public init(json: Data, source: String) throws {
        guard let found = try? JSONDecoder().decode(TableEncoder.self, from: json),
            found.isSound
        else {
            throw DataError(
                "\(source): expected how a table's columns become numbers, found something else; training on the same data writes it"
            )
        }
        self = found
    }

    /// Whether rows can be read by it.
    private var isSound: Bool {
        let width = columns.reduce(0) { $0 + ($1.span?.width ?? 0) }
        guard (1...RowForm.widest).contains(width) else { return false }
        return columns.allSatisfy { column in
            guard case .following(let following) = column.content else { return column.isSound }
            guard columns.indices.contains(following.column),
                case .choice(let choices) = columns[following.column].content
            else { return false }
            return following.texts.count == choices.count
        }
    }

    init(dialect: TableDialect, columns: [ColumnEncoder]) {
        (self.dialect, self.columns) = (dialect, columns)
    }

    /// The same encoder always gives the same bytes.
    public var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return try encoder.encode(self) } catch {
            preconditionFailure("numbers and texts that no JSON can hold: \(error)")
        }
    }

    /// The cells of an encoded row.
    ///
    /// - Parameters:
    ///   - row: ``RowForm/width`` numbers of ``form``.
    ///   - number: The number of the row among those that are written, from 0, by which identifiers are numbered.
    public func cells(_ row: UnsafePointer<Float>, number: Int) -> [String] {
        var places = Array(repeating: 0, count: columns.count)
        var numbers = Array(repeating: Float(0), count: columns.count)
        var next = row
        for (index, column) in columns.enumerated() {
            guard let span = column.span else { continue }
            places[index] = (0..<span.choices).max { next[$0] < next[$1] } ?? 0
            if span.hasNumber { numbers[index] = next[span.width - 1] }
            next += span.width
        }
        // Which rare text is meant follows from the row itself, so that a row is the same wherever it is written.
        let seed = Self.hash(UnsafeBufferPointer(start: row, count: next - row))
        let shares = RandomSource(seed: seed).uniform(columns.count, at: .init(.samples))
        return columns.indices.map { index in
            var place = places[index]
            if case .following(let following) = columns[index].content {
                place = places[following.column]
            }
            return columns[index].text(
                choice: place, number: numbers[index], row: number, share: shares[index])
        }
    }

    /// A number that two different rows hardly ever share (FNV-1a).
    private static func hash(_ row: UnsafeBufferPointer<Float>) -> UInt64 {
        row.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
    }

    /// A text that says how each column was understood, and how to have it otherwise.
    ///
    /// - Parameter name: What a changed copy must be called to be read.
    public func schema(name: String) -> String {
        let lines = columns.map { column in
            let (kind, details) = column.summary
            return "\(quoted(column.name)): \(kind.rawValue)  # \(details)"
        }
        return """
            # How each column was understood. To change how one is read, put a changed copy beside the data, as
            # \(name), and train again. Kinds: \(ColumnKind.allCases.map(\.rawValue).joined(separator: ", ")).
            \(lines.joined(separator: "\n"))

            """
    }

    private func quoted(_ name: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let data = (try? encoder.encode(name)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}

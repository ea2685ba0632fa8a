internal import Foundation
internal import Platform

/// A table as it was read from a file of separated values: the cells are texts.
///
/// Separators are commas, semicolons, tabs or bars; the first lines tell which. Cells may be in quotes, which are doubled
/// within them. Spaces around cells do not count outside quotes. Lines end with line feeds, carriage returns or both.
/// The text is UTF-8, UTF-16 with a mark, or else Windows-1252.
public struct DelimitedText: Sendable {
    /// The most bytes of a file.
    static let largestFile = 2 << 30
    static let mostColumns = 10_000

    /// How the file is written.
    public let dialect: TableDialect
    /// The names of the columns, all of them different and none empty.
    public let names: [String]
    /// One for each name, all of them of ``rowCount`` rows.
    public let columns: [TextColumn]
    public let rowCount: Int
    /// What was assumed and passed over, for the user.
    public let notes: [String]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isStrict: Whether a line with too few or too many cells is refused; otherwise such lines are passed over and
    ///     counted.
    /// - Throws: ``DataError`` if the file is missing, is no table, has no rows or more than 2 GiB, or has a quote that is
    ///   not closed.
    public init(contentsOf path: String, isStrict: Bool) throws {
        let content: Data
        do { content = try RegularFile.content(of: path, most: Self.largestFile) } catch {
            throw DataError("\(path): expected a readable file of at most 2 GiB, found \(error)")
        }
        try self.init(content.span, path: path, isStrict: isStrict)
    }

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: At most 2 GiB, so that rows can be counted in 32 bits.
    ///   - path: What messages call the file.
    ///   - isStrict: Whether a line with too few or too many cells is refused.
    /// - Throws: ``DataError``.
    init(_ bytes: Span<UInt8>, path: String, isStrict: Bool) throws {
        // A file may grow while it is read.
        guard bytes.count <= Self.largestFile else {
            throw DataError("\(path): expected at most 2 GiB, found \(bytes.count) bytes")
        }
        let text = try TableText(bytes, path: path)
        if let converted = text.converted {
            try self.init(
                text: converted.span, in: text.encoding, path: path, isStrict: isStrict)
        } else {
            try self.init(
                text: bytes.extracting(text.markLength..<bytes.count), in: text.encoding,
                path: path, isStrict: isStrict)
        }
    }

    /// - Parameters:
    ///   - text: UTF-8 without a mark.
    ///   - encoding: That of the file.
    private init(
        text: Span<UInt8>, in encoding: TableDialect.Encoding, path: String, isStrict: Bool
    ) throws {
        let separator = SeparatorSearch(text).separator
        let width = try Self.width(of: text, separator, path: path)
        var records = DelimitedRecords(separator: separator, path: path, mostCells: width)
        var rows = try Rows(text, width: width, from: &records, path: path, isStrict: isStrict)
        let header = ColumnNames(first: rows.first, line: rows.firstLine, above: rows.columns)
        let count = rows.columns[0].rowCount
        guard count > 0 || !header.areFirstRow else {
            throw DataError(
                "\(path): expected rows below the names on line \(rows.firstLine), found none; export the table with its rows"
            )
        }
        dialect = TableDialect(
            separator: separator, hasHeader: header.areFirstRow,
            lineEnding: records.endsWithTwo == true ? "\r\n" : "\n", encoding: encoding,
            quotesAll: records.quoted == records.all,
            spaceAfterSeparator: records.spaced * 2 > records.separators)
        names = header.names
        rowCount = header.areFirstRow ? count : count + 1
        let encodingNotes =
            encoding == .windows1252 ? ["the text is not UTF-8, and was read as Windows-1252"] : []
        notes = (encodingNotes + rows.notes + header.notes).map { "\(path): \($0)" }
        columns = rows.takeColumns(withFirst: !header.areFirstRow)
    }
}

extension DelimitedText {
    /// The number of cells that most of the first lines have.
    private static func width(
        of text: Span<UInt8>, _ separator: TableDialect.Separator, path: String
    ) throws -> Int {
        var records = DelimitedRecords(separator: separator, path: path, mostCells: 0)
        var counts: [Int] = []
        while counts.count < SeparatorSearch.mostLines,
            records.position <= SeparatorSearch.mostBytes, try records.next(in: text)
        {
            counts.append(records.cellCount)
        }
        guard !counts.isEmpty else {
            throw DataError(
                "\(path): expected a table of separated values, found \(text.isEmpty ? "an empty file" : "only blank lines"); export the table again"
            )
        }
        let width = Tally(counts).count
        guard width <= mostColumns else {
            throw DataError(
                "\(path): expected at most \(mostColumns) columns, found \(width); keep only those that matter"
            )
        }
        return width
    }
}

/// The rows of a table whose width is known.
private struct Rows {
    /// The first row, which may have the names of the columns.
    private(set) var first: [String] = []
    private(set) var firstLine = 0
    /// The columns below it.
    private(set) var columns: [TextColumnBuilder]
    private(set) var notes: [String] = []

    /// - Parameter records: The records of the text, from the first one.
    init(
        _ text: Span<UInt8>, width: Int, from records: inout DelimitedRecords, path: String,
        isStrict: Bool
    ) throws {
        columns = Array(repeating: TextColumnBuilder(), count: width)
        var isTop = true
        var ragged = (count: 0, first: 0)
        while try records.next(in: text) {
            defer { isTop = false }
            if records.cellCount == width {
                add(records, in: text)
            } else if isTop && records.cellCount == 1 {
                notes.append("line \(records.line) has a single cell, and was skipped as a title")
            } else if isStrict {
                throw DataError(
                    "\(path): line \(records.line): expected \(counted(width, "cell")), found \(records.cellCount); without --strict such lines are passed over"
                )
            } else {
                if ragged.count == 0 { ragged.first = records.line }
                ragged.count += 1
            }
        }
        if ragged.count > 0 {
            notes.append(
                "passed over: \(counted(ragged.count, "line")) of more or fewer than \(counted(width, "cell")); the first is line \(ragged.first); --strict refuses them"
            )
        }
    }

    private mutating func add(_ records: DelimitedRecords, in text: Span<UInt8>) {
        if first.isEmpty {
            firstLine = records.line
            first = records.cells.map { cell in
                guard cell.hasQuotes else { return String(utf8: text.extracting(cell.range)) }
                return String(utf8: cell.unquoted(in: text).span)
            }
            return
        }
        for (number, cell) in records.cells.enumerated() {
            if cell.hasQuotes {
                let unquoted = cell.unquoted(in: text)
                columns[number].append(unquoted.span)
            } else {
                columns[number].append(text.extracting(cell.range))
            }
        }
    }

    /// The columns, of which nothing is left here.
    ///
    /// - Parameter withFirst: Whether the first row belongs to them.
    mutating func takeColumns(withFirst: Bool) -> [TextColumn] {
        // What one column needs for being built is released before the next one is made.
        var taken: [TextColumn] = []
        while let column = columns.popLast() {
            taken.append(column.column(first: withFirst ? first[columns.count] : nil))
        }
        return taken.reversed()
    }
}

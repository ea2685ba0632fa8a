/// The records of a text of separated values, one after another.
///
/// The text is an argument of each step, and always the same one.
struct DelimitedRecords {
    /// Where a cell is.
    struct Cell {
        /// The text's first byte and the byte after its last, without spaces and quotes around it.
        var start: Int
        var end: Int
        var isQuoted = false
        /// Whether the range has quotes that are doubled, or one that closes before its end.
        var hasQuotes = false

        var range: Range<Int> { start..<end }
    }

    private let separator: UInt8
    private let path: String
    /// The most cells of a record that are kept; all are counted.
    private let mostCells: Int
    /// The first byte after the record.
    private(set) var position = 0
    /// The number of the line after the record, from 1.
    private var nextLine = 1

    /// The record's cells, or the first of them.
    private(set) var cells: [Cell] = []
    private(set) var cellCount = 0
    /// The number of the line on which the record begins.
    private(set) var line = 0

    /// Whether the first line that ended did so with a carriage return and a line feed.
    private(set) var endsWithTwo: Bool?
    /// How many cells were in quotes, of all.
    private(set) var quoted = 0
    private(set) var all = 0
    /// How many separators had a space after them, of all.
    private(set) var spaced = 0
    private(set) var separators = 0

    /// - Parameter path: What messages call the file.
    init(separator: TableDialect.Separator, path: String, mostCells: Int) {
        self.separator = separator.byte
        self.path = path
        self.mostCells = mostCells
    }

    /// Goes to the next record that is no blank line.
    ///
    /// - Parameter text: UTF-8.
    /// - Returns: Whether there is one.
    /// - Throws: ``DataError`` for a quote that is not closed.
    mutating func next(in text: Span<UInt8>) throws -> Bool {
        while position < text.count {
            cells.removeAll(keepingCapacity: true)
            cellCount = 0
            line = nextLine
            var isBlank = true
            repeat {
                let cell = try cell(in: text)
                if cellCount < mostCells { cells.append(cell) }
                cellCount += 1
                isBlank = isBlank && !cell.isQuoted && cell.start == cell.end
            } while skipSeparator(in: text)
            let isSkipped = isBlank && cellCount == 1
            endLine(in: text)
            if !isSkipped {
                quoted += cells.count(where: \.isQuoted)
                all += cells.count
                return true
            }
        }
        return false
    }

    /// A cell, behind which a separator, a line's end or the text's end follows.
    private mutating func cell(in text: Span<UInt8>) throws -> Cell {
        var index = position
        while index < text.count, isSpace(text[index]) { index += 1 }
        if cellCount > 0 {
            separators += 1
            if index > position { spaced += 1 }
        }
        if index < text.count, text[index] == UInt8(ascii: "\"") {
            position = index + 1
            return try quotedCell(in: text)
        }
        let start = index
        while index < text.count, !isEnd(text[index]) { index += 1 }
        position = index
        return Cell(start: start, end: trimmed(start..<index, of: text))
    }

    /// A cell from behind its first quote.
    private mutating func quotedCell(in text: Span<UInt8>) throws -> Cell {
        let firstLine = nextLine
        var cell = Cell(start: position, end: position, isQuoted: true)
        var index = position
        while true {
            guard index < text.count else {
                throw DataError(
                    "\(path): line \(firstLine): expected a quote at the end of a cell, found none up to the end of the file; close the cell, or put it in quotes and double the quote within it"
                )
            }
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                guard index < text.count, text[index] == byte else { break }
                cell.hasQuotes = true
                index += 1
            } else if byte == UInt8(ascii: "\n") {
                nextLine += 1
            } else if byte == UInt8(ascii: "\r"),
                index == text.count || text[index] != UInt8(ascii: "\n")
            {
                nextLine += 1
            }
        }
        let close = index - 1
        while index < text.count, !isEnd(text[index]) { index += 1 }
        position = index
        // Text behind the quote belongs to the cell.
        let end = trimmed(close + 1..<index, of: text)
        cell.hasQuotes = cell.hasQuotes || end > close + 1
        cell.end = end > close + 1 ? end : close
        return cell
    }

    /// Goes behind a separator.
    ///
    /// - Returns: Whether there is one.
    private mutating func skipSeparator(in text: Span<UInt8>) -> Bool {
        guard position < text.count, text[position] == separator else { return false }
        position += 1
        return true
    }

    private mutating func endLine(in text: Span<UInt8>) {
        guard position < text.count else { return }
        let isReturn = text[position] == UInt8(ascii: "\r")
        position += 1
        let hasTwo =
            isReturn && position < text.count && text[position] == UInt8(ascii: "\n")
        if hasTwo { position += 1 }
        if endsWithTwo == nil { endsWithTwo = hasTwo }
        nextLine += 1
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") && byte != separator
    }

    /// The end of a range without the spaces at its end.
    private func trimmed(_ range: Range<Int>, of text: Span<UInt8>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, isSpace(text[end - 1]) { end -= 1 }
        return end
    }
}

extension DelimitedRecords.Cell {
    /// The text of a cell that has quotes.
    func unquoted(in text: Span<UInt8>) -> [UInt8] {
        var unquoted: [UInt8] = []
        var isOpen = true
        var index = start
        while index < end {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\""), isOpen {
                isOpen = index < end && text[index] == byte
                guard isOpen else { continue }
                index += 1
            }
            unquoted.append(byte)
        }
        return unquoted
    }
}

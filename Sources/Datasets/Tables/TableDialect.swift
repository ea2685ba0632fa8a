/// How a file of separated values is written.
public struct TableDialect: Hashable, Sendable, Codable {
    /// The character between two cells.
    public enum Separator: String, Sendable, Codable, CaseIterable {
        case comma = ","
        case semicolon = ";"
        case tab = "\t"
        case bar = "|"

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .semicolon: UInt8(ascii: ";")
            case .tab: UInt8(ascii: "\t")
            case .bar: UInt8(ascii: "|")
            }
        }
    }

    /// How characters become bytes.
    public enum Encoding: String, Sendable, Codable {
        case utf8
        /// UTF-8 after a byte order mark, as spreadsheets write it.
        case utf8WithMark
        case windows1252
        case utf16LittleEndian
        case utf16BigEndian
    }

    public var separator: Separator
    /// Whether the first row has the names of the columns.
    public var hasHeader: Bool
    /// A line feed, or a carriage return and a line feed.
    public var lineEnding: String
    public var encoding: Encoding
    /// Whether every cell was in quotes.
    public var quotesAll: Bool
    /// Whether most separators had a space after them.
    public var spaceAfterSeparator: Bool
}

extension TableDialect {
    /// One line of cells with its ending; it is several lines where cells have line breaks, which are then in quotes.
    ///
    /// Cells are put in quotes where they would otherwise be read as something else. Quotes within cells are doubled.
    public func line(_ cells: [String]) -> String {
        let between = separator.rawValue + (spaceAfterSeparator ? " " : "")
        // A blank line would be skipped.
        let quotes = quotesAll || cells == [""]
        return cells.map { written($0, inQuotes: quotes) }.joined(separator: between) + lineEnding
    }

    private func written(_ cell: String, inQuotes: Bool) -> String {
        let bytes = cell.utf8
        let isPlain =
            !bytes.contains { Self.special.contains($0) || $0 == separator.byte }
            && !Self.isBlank(bytes.first) && !Self.isBlank(bytes.last)
        if isPlain && !inQuotes { return cell }
        var quoted = "\""
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// A quote and the two line breaks.
    private static let special: [UInt8] = [0x22, 0x0a, 0x0d]

    private static func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The byte order mark, which belongs at the beginning of a file; empty where the encoding has none.
    public var mark: [UInt8] {
        switch encoding {
        case .utf8, .windows1252: []
        case .utf8WithMark: [0xef, 0xbb, 0xbf]
        case .utf16LittleEndian: [0xff, 0xfe]
        case .utf16BigEndian: [0xfe, 0xff]
        }
    }

    /// A text in the encoding, without a mark; a character that Windows-1252 does not have becomes a question mark.
    public func bytes(_ text: String) -> [UInt8] {
        switch encoding {
        case .utf8, .utf8WithMark: Array(text.utf8)
        case .windows1252: text.unicodeScalars.map { Windows1252.byte($0) ?? 0x3f }
        case .utf16LittleEndian:
            text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        case .utf16BigEndian:
            text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        }
    }
}

/// The code page of Windows in Western Europe; each of its bytes is a character.
enum Windows1252 {
    /// The characters of bytes 0x80 to 0x9f; all others are their own numbers.
    ///
    /// The page leaves five of them open, which stand for control characters (WHATWG, Encoding Standard).
    private static let upper: [Unicode.Scalar] = [
        "\u{20ac}", "\u{81}", "\u{201a}", "\u{192}", "\u{201e}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{2c6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8d}", "\u{17d}", "\u{8f}",
        "\u{90}", "\u{2018}", "\u{2019}", "\u{201c}", "\u{201d}", "\u{2022}", "\u{2013}",
        "\u{2014}", "\u{2dc}", "\u{2122}", "\u{161}", "\u{203a}", "\u{153}", "\u{9d}", "\u{17e}",
        "\u{178}",
    ]

    static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80..<0xa0).contains(byte) ? upper[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    /// The byte of a character; nil if it has none.
    static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        if let place = upper.firstIndex(of: scalar) { return UInt8(0x80 + place) }
        return (0x80..<0xa0).contains(scalar.value) ? nil : UInt8(exactly: scalar.value)
    }
}

internal import Platform

/// The names of a table's columns, and where they come from.
struct ColumnNames {
    /// Different texts, none of them empty.
    let names: [String]
    /// Whether the first row has them.
    let areFirstRow: Bool
    /// What was assumed, for the user.
    let notes: [String]

    /// How many rows tell what kind of column each is.
    private static let mostRows = 10_000

    /// Finds out whether a table's first row has names, and makes them different.
    ///
    /// - Parameters:
    ///   - first: The cells of the first row.
    ///   - line: The number of its line.
    ///   - rows: The columns, without the first row.
    init(first: [String], line: Int, above rows: [TextColumnBuilder]) {
        switch Self.evidence(first, rows) {
        case .numbersBelow:
            areFirstRow = true
            (names, notes) = Self.distinct(first)
        case .differentTexts:
            areFirstRow = true
            let assumed =
                "line \(line) was taken for the names of the columns, since its texts do not occur below"
            let (names, notes) = Self.distinct(first)
            self.names = names
            self.notes = [assumed] + notes
        case nil:
            areFirstRow = false
            names = first.indices.map { "column \($0 + 1)" }
            notes = [
                "line \(line) was taken for a row and not for the names of the columns, which are called 'column 1' and so on"
            ]
        }
    }

    /// What tells that the first row has names.
    private enum Evidence {
        /// A column has a text there, and numbers or dates below.
        case numbersBelow
        /// All its texts differ, and none occurs below in its column.
        case differentTexts
    }

    private static func evidence(_ first: [String], _ rows: [TextColumnBuilder]) -> Evidence? {
        let kinds = first.map { CellKind(Array($0.utf8).span) }
        guard !kinds.contains(.number), kinds.contains(.text) else { return nil }
        for (kind, column) in zip(kinds, rows) where kind == .text {
            let counts = column.counts(most: mostRows) { text in
                let kind = CellKind(text)
                return kind == .missing ? nil : kind == .number
            }
            // A share of nine tenths, of cells that are not missing.
            if counts.yes > 0, counts.yes >= 9 * counts.no { return .numbersBelow }
        }
        let isRepeated = zip(first, rows).contains { $1.contains(Array($0.utf8).span) }
        return !isRepeated && Set(first).count == first.count ? .differentTexts : nil
    }

    /// Names that are made different, and given where they are empty.
    private static func distinct(_ given: [String]) -> (names: [String], notes: [String]) {
        var taken = Set(given)
        var seen: Set<String> = []
        var next: [String: Int] = [:]
        var changed: [String] = []
        let names = given.enumerated().map { index, name in
            let wanted = name.isEmpty ? "column \(index + 1)" : name
            let isFree = name.isEmpty ? !taken.contains(wanted) : !seen.contains(name)
            var found = wanted
            if !isFree {
                // Counting goes on where it ended for the same name, and not from 2 each time.
                var number = next[wanted] ?? 2
                while taken.contains("\(wanted) (\(number))") { number += 1 }
                found = "\(wanted) (\(number))"
                next[wanted] = number + 1
            }
            taken.insert(found)
            seen.insert(found)
            if found != name { changed.append(found) }
            return found
        }
        guard let example = changed.first else { return (names, []) }
        let shortened = shown(String(example.prefix(60)))
        return (
            names,
            [
                "\(counted(changed.count, "column")) had no name, or that of another, and got a new one; the first is '\(shortened)'"
            ]
        )
    }
}

/// What a cell seems to be.
enum CellKind {
    case text
    /// A number, a date or a time.
    case number
    /// Empty, or one of the usual words for what is not known.
    case missing

    private static let unknown = ["?", "-", ".", "na", "n/a", "nan", "null", "none"]
        .map { Array($0.utf8) }

    /// - Parameter text: UTF-8.
    init(_ text: Span<UInt8>) {
        let isMissing =
            text.isEmpty
            || text.count <= 4
                && Self.unknown.contains { word in
                    word.count == text.count
                        && word.indices.allSatisfy { Self.lowercase(text[$0]) == word[$0] }
                }
        self = isMissing ? .missing : Self.isNumber(text) ? .number : .text
    }

    /// Whether a text consists of digits and of what may stand between them: 3, -1.5e-7, 1 234,5, 12 %, 2024-01-31T12:00Z.
    private static func isNumber(_ text: Span<UInt8>) -> Bool {
        var digits = 0
        var letters = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "T"), UInt8(ascii: "Z"):
                letters += 1
                guard digits > 0 else { return false }
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ","),
                UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "%"):
                break
            default: return false
            }
        }
        return digits > 0 && letters <= 2
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

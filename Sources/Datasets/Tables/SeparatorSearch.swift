/// A count of each possible separator in the first lines of a text, outside quotes.
struct SeparatorSearch {
    /// How many lines are looked at, and after how many bytes no other line is begun.
    static let mostLines = 1_000
    static let mostBytes = 4 << 20

    /// In the order in which they are preferred where several divide lines evenly.
    ///
    /// Decimal commas do so. Tabs and semicolons hardly ever stand in each cell of a column.
    private static let ranked: [TableDialect.Separator] = [.tab, .semicolon, .bar, .comma]

    /// For each line, how often each of the ranked separators occurs.
    private var lines: [[Int]] = []

    /// - Parameter text: UTF-8.
    init(_ text: Span<UInt8>) {
        let separators = Self.ranked.map(\.byte)
        let none = separators.map { _ in 0 }
        var line = none
        var isBlank = true
        // A quote counts where a cell may begin; elsewhere it is an inch, or an apostrophe.
        var mayBegin = true
        var isQuoted = false
        var index = 0
        while index < text.count, lines.count < Self.mostLines {
            let byte = text[index]
            index += 1
            if isQuoted {
                // A doubled quote ends and begins.
                if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                    mayBegin = index < text.count && text[index] == byte
                }
            } else if byte == UInt8(ascii: "\""), mayBegin {
                isQuoted = true
                isBlank = false
            } else if let found = separators.firstIndex(of: byte) {
                line[found] += 1
                isBlank = false
                mayBegin = true
            } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if !isBlank { lines.append(line) }
                line = none
                isBlank = true
                mayBegin = true
                if index > Self.mostBytes { return }
            } else if byte != UInt8(ascii: " ") {
                isBlank = false
                mayBegin = false
            }
        }
        if !isBlank && !isQuoted && lines.count < Self.mostLines { lines.append(line) }
    }

    /// The separator that divides most lines into the same number of cells, two at least.
    ///
    /// If there is none, the table has one column, and a separator that it does not need.
    var separator: TableDialect.Separator {
        let tallies = Self.ranked.indices.map { number in Tally(lines.map { $0[number] }) }
        // The first line decides between two that both fit; a title has no separator.
        let isTitle = lines.first?.allSatisfy { $0 == 0 } ?? false
        let first = lines.dropFirst(isTitle ? 1 : 0).first
        let fitting = Self.ranked.indices.first {
            tallies[$0].count > 0 && tallies[$0].share >= 0.9 && first?[$0] == tallies[$0].count
        }
        if let fitting { return Self.ranked[fitting] }
        var best: Int?
        for index in Self.ranked.indices
        where tallies[index].count > 0 && tallies[index].share >= 0.5 {
            if tallies[index].share > best.map({ tallies[$0].share }) ?? 0 { best = index }
        }
        if let best { return Self.ranked[best] }
        let unused = Self.ranked.indices.last { index in lines.allSatisfy { $0[index] == 0 } }
        return unused.map { Self.ranked[$0] } ?? .comma
    }
}

/// The number that occurs most often, the largest of several.
struct Tally {
    let count: Int
    /// The share of numbers that are the same.
    let share: Double

    init(_ numbers: [Int]) {
        var times: [Int: Int] = [:]
        for number in numbers { times[number, default: 0] += 1 }
        let most = times.max { ($0.value, $0.key) < ($1.value, $1.key) }
        count = most?.key ?? 0
        share = Double(most?.value ?? 0) / Double(max(1, numbers.count))
    }
}

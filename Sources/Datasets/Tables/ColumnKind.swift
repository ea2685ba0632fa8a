/// What a column of a table is understood as.
public enum ColumnKind: String, Sendable, CaseIterable {
    case number, date, choice, identifier, constant
    case dayFirst = "date day-first"
    case monthFirst = "date month-first"
}

extension ColumnEncoder {
    /// Texts that mean that a value is missing, in small letters; in a column of numbers each is a choice beside these.
    private static let missing: Set<String> = [
        "", "na", "n/a", "nan", "null", "none", "nil", "?", "-", "#n/a",
    ]
    /// Distinct values up to which numbers are choices.
    private static let fewValues = 20
    /// Distinct words, such as "unknown", that a column of numbers can have.
    private static let mostWords = 10
    /// Distinct texts that have a place of their own among choices.
    private static let mostOptions = 500
    /// The share of rows from which a number is special, since a value that so many rows have is a choice.
    private static let spike = 0.05

    /// Understands a column.
    ///
    /// - Parameters:
    ///   - kind: What it is said to be; nil: what its texts look like.
    ///   - source: What names the file and the column in errors.
    /// - Throws: ``DataError`` where its texts are not what it is said to be, or the order of day and month is open.
    init(_ column: TextColumn, name: String, kind: ColumnKind?, source: String) throws {
        self.name = name
        var counts = Array(repeating: 0, count: column.texts.count)
        for code in column.codes { counts[Int(code)] += 1 }
        let options = zip(column.texts, counts).filter { $0.1 > 0 }.map {
            Option(text: $0, count: $1)
        }
        let rows = column.codes.count
        func refused(_ kind: ColumnKind) -> DataError {
            DataError(
                "\(source): expected what the schema says, \(kind.rawValue), found texts such as '\(shown(options.last?.text ?? ""))'"
            )
        }
        switch kind {
        case .constant:
            guard options.count == 1 else { throw refused(.constant) }
            content = .constant(options[0].text)
        case .identifier: content = .identifier
        // Among one text there is nothing to choose.
        case .choice where options.count == 1: content = .constant(options[0].text)
        case .choice: content = Self.choice(options)
        case .number:
            guard
                let numbers = try Self.numbers(
                    options, rows, source: source, dates: false, hasSpikes: false)
            else { throw refused(.number) }
            content = .number(numbers)
        case .date, .dayFirst, .monthFirst:
            let dayFirst = kind == .date ? nil : kind == .dayFirst
            guard
                let numbers = try Self.numbers(
                    options, rows, source: source, dates: true, dayFirst: dayFirst,
                    hasSpikes: false)
            else { throw refused(kind ?? .date) }
            content = .number(numbers)
        case nil: content = try Self.guess(options, rows, name: name, source: source)
        }
    }

    private static func guess(_ options: [Option], _ rows: Int, name: String, source: String) throws
        -> Content
    {
        guard options.count > 1 else { return .constant(options.first?.text ?? "") }
        let isNearlyDistinct = rows > fewValues && Double(options.count) > 0.95 * Double(rows)
        // Whole numbers of eight digits can be dates, and dates hardly ever are numbers.
        for dates in [true, false] {
            guard let numbers = try numbers(options, rows, source: source, dates: dates) else {
                continue
            }
            if !dates, isNearlyDistinct, isNumbered(options, numbers.format, name: name) {
                return .identifier
            }
            return options.count <= fewValues ? choice(options) : .number(numbers)
        }
        return isNearlyDistinct ? .identifier : choice(options)
    }

    /// Whether distinct whole numbers, in the order of their rows, only count these, or are called an id.
    private static func isNumbered(_ options: [Option], _ format: CellFormat, name: String) -> Bool
    {
        guard case .number(let format) = format, format.decimals == 0 else { return false }
        let numbers = options.compactMap { format.number($0.text) }
        let (least, most) = (numbers.min() ?? 0, numbers.max() ?? 0)
        // Every tenth row is held out, so some numbers are missing here.
        let counts =
            most - least < 1.2 * Double(numbers.count)
            && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
        let name = name.lowercased()
        return counts || name == "id" || name.hasSuffix("_id") || name.hasSuffix(" id")
    }

    private static func choice(_ options: [Option]) -> Content {
        let sorted = options.sorted { ($0.count, $1.text) > ($1.count, $0.text) }
        guard sorted.count > mostOptions else { return .choice(Choices(options: sorted, rare: [])) }
        return .choice(
            Choices(
                options: Array(sorted.prefix(mostOptions - 1)),
                rare: Array(sorted.dropFirst(mostOptions - 1))))
    }

    /// Its numbers or dates; nil where it has none, or something else beside these.
    private static func numbers(
        _ options: [Option], _ rows: Int, source: String, dates: Bool, dayFirst: Bool? = nil,
        hasSpikes: Bool = true
    ) throws -> Numbers? {
        var special: [Option] = []
        var texts: [Option] = []
        for option in options {
            let isWord = !option.text.utf8.contains { (48...57).contains($0) }
            if isWord || missing.contains(option.text.lowercased()) {
                special.append(option)
                guard special.count <= mostWords else { return nil }
            } else {
                texts.append(option)
            }
        }
        guard !texts.isEmpty,
            special.allSatisfy({ $0.count < rows / 2 || missing.contains($0.text.lowercased()) })
        else { return nil }
        let format: CellFormat
        do {
            let plain = texts.map(\.text)
            if dates {
                guard let pattern = try DatePattern.common(to: plain, dayFirst: dayFirst) else {
                    return nil
                }
                format = .date(pattern)
            } else {
                guard let found = NumberFormat.common(to: plain) else { return nil }
                format = .number(found)
            }
        } catch { throw DataError("\(source): \(error)") }
        var numbers: [(value: Double, count: Int)] = []
        for option in texts {
            guard let value = format.number(option.text) else { return nil }
            if hasSpikes, Double(option.count) >= spike * Double(rows), texts.count > 1 {
                special.append(option)
            } else {
                numbers.append((value, option.count))
            }
        }
        guard !numbers.isEmpty else { return nil }
        numbers.sort { $0.value < $1.value }
        let all = numbers.flatMap { Array(repeating: $0.value, count: $0.count) }
        return Numbers(
            special: special.sorted { ($0.count, $1.text) > ($1.count, $0.text) }, count: all.count,
            format: format, quantiles: Quantiles(ofSorted: all))
    }

    /// What it was understood as, and more for a person: "17 to 90; ? in 3% of rows".
    public var summary: (kind: ColumnKind, details: String) {
        switch content {
        case .constant(let text): return (.constant, "always '\(shown(text))'")
        case .identifier: return (.identifier, "not learned; samples are numbered")
        case .choice(let choices):
            let texts = choices.options.prefix(3).map { shown($0.text) }.joined(separator: ", ")
            let rare =
                choices.rare.isEmpty ? "" : "; \(choices.rare.count) rare ones share a place"
            return (.choice, "\(choices.options.count) texts: \(texts)…\(rare)")
        case .following:
            return (.choice, "follows from another column")
        case .number(let numbers):
            let range = "\(text(numbers, at: 0)) to \(text(numbers, at: 1))"
            let special = numbers.special.map { shown($0.text.isEmpty ? "empty" : $0.text) }
            return (
                numbers.format.kind,
                special.isEmpty
                    ? range : "\(range); as choices: \(special.joined(separator: ", "))"
            )
        }
    }

    private func text(_ numbers: Numbers, at share: Double) -> String {
        numbers.format.text(numbers.quantiles.value(at: share))
    }
}

extension CellFormat {
    fileprivate var kind: ColumnKind {
        switch self {
        case .number: .number
        case .date: .date
        }
    }
}

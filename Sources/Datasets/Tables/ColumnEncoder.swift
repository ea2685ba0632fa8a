/// How one column of a table becomes numbers, and numbers become its texts again.
///
/// It is a function of the training rows alone.
public struct ColumnEncoder: Sendable, Codable {
    public let name: String
    public internal(set) var content: Content

    /// What a column holds.
    public enum Content: Sendable, Codable {
        /// The same text in all rows.
        case constant(String)
        /// A different text in nearly each row, which is not learned: samples are numbered.
        case identifier
        /// One of some texts.
        case choice(Choices)
        /// A text that follows from another column's, as a country does from a city.
        case following(Following)
        /// A number or a date, or one of some special texts, such as those of missing values.
        case number(Numbers)
    }

    /// A text, and how many training rows have it.
    public struct Option: Sendable, Codable {
        public let text: String
        public let count: Int
    }

    /// Texts to choose among.
    public struct Choices: Sendable, Codable {
        public let options: [Option]
        /// Texts that share one further place, because there are too many for one each.
        public let rare: [Option]

        /// How many places there are.
        public var count: Int { options.count + (rare.isEmpty ? 0 : 1) }
    }

    /// Texts that follow from a choice.
    public struct Following: Sendable, Codable {
        /// The number of the column that decides.
        public let column: Int
        /// The text for each of that column's places.
        public let texts: [String]
    }

    /// Numbers, beside some special texts.
    public struct Numbers: Sendable, Codable {
        public let special: [Option]
        /// How many training rows have a number.
        public let count: Int
        public let format: CellFormat
        public let quantiles: Quantiles
    }

    /// The numbers that stand for the column in a row; nil where it is not learned.
    var span: RowForm.Span? {
        switch content {
        case .constant, .identifier, .following: nil
        case .choice(let choices): .choice(choices.count)
        case .number(let numbers):
            numbers.special.isEmpty ? .number : .mixed(special: numbers.special.count)
        }
    }

    /// Whether its texts and numbers are such as columns have.
    var isSound: Bool {
        switch content {
        case .constant, .identifier, .following: true
        case .choice(let choices): choices.count > 1 && (choices.options + choices.rare).areSound
        case .number(let numbers): numbers.special.areSound && numbers.quantiles.areSound
        }
    }

    /// How many training rows have each place of its choice; empty where there is none.
    public var counts: [Int] {
        switch content {
        case .constant, .identifier, .following: []
        case .choice(let choices):
            choices.options.map(\.count)
                + (choices.rare.isEmpty ? [] : [choices.rare.reduce(0) { $0 + $1.count }])
        case .number(let numbers):
            numbers.special.isEmpty ? [] : numbers.special.map(\.count) + [numbers.count]
        }
    }

    /// The text of a cell.
    ///
    /// - Parameters:
    ///   - choice: The place that was chosen, of the column that it follows where it follows one.
    ///   - number: The number in -1...1.
    ///   - row: The number of the row among those that are written, from 0.
    ///   - share: A number in 0..<1 of this cell's own, which decides among rare texts.
    func text(choice: Int, number: Float, row: Int, share: Float) -> String {
        switch content {
        case .constant(let text): return text
        case .identifier: return String(row + 1)
        case .following(let following): return following.texts[choice]
        case .choice(let choices):
            if choice < choices.options.count { return choices.options[choice].text }
            let total = choices.rare.reduce(0) { $0 + $1.count }
            var left = Int(share * Float(total))
            for option in choices.rare {
                left -= option.count
                if left < 0 { return option.text }
            }
            return choices.rare.last?.text ?? ""
        case .number(let numbers):
            if choice < numbers.special.count { return numbers.special[choice].text }
            return numbers.format.text(
                numbers.quantiles.value(at: (Double(number) + 1) / 2))
        }
    }
}

extension [ColumnEncoder.Option] {
    /// Rows that a column can have, by far.
    private static let most = 1 << 40

    fileprivate var areSound: Bool {
        count <= RowForm.widest && allSatisfy { (0...Self.most).contains($0.count) }
    }
}

/// How the numbers of a column are written.
public enum CellFormat: Sendable, Codable {
    case number(NumberFormat)
    case date(DatePattern)

    /// The number that a text stands for; nil if it is none.
    public func number(_ text: String) -> Double? {
        switch self {
        case .number(let format): format.number(text)
        case .date(let pattern): pattern.number(text)
        }
    }

    /// The text of a number.
    public func text(_ number: Double) -> String {
        switch self {
        case .number(let format): format.text(number)
        case .date(let pattern): pattern.text(number)
        }
    }
}

/// The values of a column in order, by the share of rows below them.
public enum Quantiles: Sendable, Codable {
    /// Few values: each covers the shares up to its end.
    case steps(values: [Double], ends: [Double])
    /// Many values: those at evenly spaced shares from 0 to 1; between them values change linearly.
    case knots([Double])

    /// The most values that are kept one by one.
    private static let mostSteps = 1_024

    /// The quantiles of numbers in ascending order, one at least.
    init(ofSorted numbers: [Double]) {
        var values: [Double] = []
        var ends: [Double] = []
        for (index, number) in numbers.enumerated() {
            let end = Double(index + 1) / Double(numbers.count)
            if values.last == number {
                ends[ends.count - 1] = end
            } else {
                guard values.count < Self.mostSteps else {
                    self = .knots(
                        (0...Self.mostSteps).map {
                            numbers[$0 * (numbers.count - 1) / Self.mostSteps]
                        })
                    return
                }
                values.append(number)
                ends.append(end)
            }
        }
        self = .steps(values: values, ends: ends)
    }

    fileprivate var areSound: Bool {
        switch self {
        case .steps(let values, let ends): !values.isEmpty && values.count == ends.count
        case .knots(let values): values.count > 1
        }
    }

    /// The value at a share of the rows in 0...1; other shares give the nearest end.
    public func value(at share: Double) -> Double {
        switch self {
        case .steps(let values, let ends):
            return values[min(values.count - 1, ends.firstNotBelow(share))]
        case .knots(let values):
            let place = max(0, min(1, share.isNaN ? 0 : share)) * Double(values.count - 1)
            let below = min(values.count - 2, Int(place))
            let rest = place - Double(below)
            guard values[below] != values[below + 1] else { return values[below] }
            // The difference of two numbers may be too large for one.
            return values[below] * (1 - rest) + values[below + 1] * rest
        }
    }

    /// The shares that a value covers: a range, where rows have it, and otherwise the place between its neighbours.
    func shares(of value: Double) -> ClosedRange<Double> {
        switch self {
        case .steps(let values, let ends):
            let place = values.firstNotBelow(value)
            guard place < values.count else { return 1...1 }
            let start = place == 0 ? 0 : ends[place - 1]
            return values[place] == value ? start...ends[place] : start...start
        case .knots(let values):
            let first = values.firstNotBelow(value)
            guard first < values.count else { return 1...1 }
            let last = Double(values.count - 1)
            if values[first] == value {
                var end = first
                while end + 1 < values.count, values[end + 1] == value { end += 1 }
                return Double(first) / last...Double(end) / last
            }
            guard first > 0 else { return 0...0 }
            let (below, above) = (values[first - 1], values[first])
            let share =
                (Double(first - 1) + (value / 2 - below / 2) / (above / 2 - below / 2)) / last
            return share...share
        }
    }
}

extension Array where Element: Comparable {
    /// The number of the first of these ascending ones that is not below another; their count if all are.
    package func firstNotBelow(_ other: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < other { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

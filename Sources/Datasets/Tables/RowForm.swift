/// What the numbers of an encoded row of a table mean, column by column.
public struct RowForm: Hashable, Sendable, LosslessStringConvertible {
    /// The numbers that stand for one column.
    public enum Span: Hashable, Sendable {
        /// A number in -1...1.
        case number
        /// One of some choices: 1 at its place, and 0 elsewhere.
        case choice(Int)
        /// One of some special values, or a number: a choice whose last place says that it is a number, and then the number,
        /// which is 0 if it is none.
        case mixed(special: Int)

        /// How many numbers stand for the column.
        public var width: Int {
            switch self {
            case .number: 1
            case .choice(let count): count
            case .mixed(let special): special + 2
            }
        }

        /// How many places there are to choose among; 0 for a number.
        public var choices: Int {
            switch self {
            case .number: 0
            case .choice(let count): count
            case .mixed(let special): special + 1
            }
        }

        /// Whether its last place is a number.
        public var hasNumber: Bool {
            if case .choice = self { false } else { true }
        }
    }

    public let spans: [Span]
    /// The place of each span's first number.
    public let starts: [Int]
    /// The length of a row.
    public let width: Int

    /// A row of some spans, one at least.
    public init(_ spans: [Span]) {
        precondition(!spans.isEmpty, "a row has no spans")
        self.spans = spans
        var starts: [Int] = []
        var width = 0
        for span in spans {
            starts.append(width)
            width += span.width
        }
        (self.starts, self.width) = (starts, width)
    }

    /// A text such as "n c9 m1", for a number, a choice among nine, and a number with one special value.
    public var description: String {
        spans.map { span in
            switch span {
            case .number: "n"
            case .choice(let count): "c\(count)"
            case .mixed(let special): "m\(special)"
            }
        }.joined(separator: " ")
    }

    /// The form that ``description`` describes; nil for another text, or for more than 100,000 numbers.
    public init?(_ description: String) {
        var spans: [Span] = []
        var width = 0
        for word in description.split(separator: " ") {
            let count = Int(word.dropFirst())
            switch (word.first, count) {
            case ("n", nil) where word.count == 1: spans.append(.number)
            case ("c", let count?) where (2...Self.widest).contains(count):
                spans.append(.choice(count))
            case ("m", let count?) where (1...Self.widest).contains(count):
                spans.append(.mixed(special: count))
            default: return nil
            }
            width += spans[spans.count - 1].width
            guard width <= Self.widest else { return nil }
        }
        guard !spans.isEmpty else { return nil }
        self.init(spans)
    }

    /// Numbers that a row can have.
    static let widest = 100_000
    /// Bytes of a description that fits a line of `run.yaml`.
    static let longestDescription = 8 << 10
}

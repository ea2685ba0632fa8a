/// The parts of a text that may be a number: a sign, a currency, digits with marks between them, and an exponent.
///
/// Whether marks separate thousands or decimals stays open until ``digits(in:separator:grouping:)``.
struct NumberText {
    private(set) var isSigned = false
    private(set) var isNegative = false
    private(set) var signFollowsPrefix = false
    /// A currency sign before the digits, with its space.
    private(set) var prefix = ""
    /// A currency sign or "%" behind the digits, with its space.
    private(set) var suffix = ""
    /// Marks between digits.
    private(set) var marks: NumberMarks = []
    private(set) var exponent: Exponent?
    /// Where the digits before the exponent are, with the marks between them.
    private var body = 0..<0

    struct Exponent {
        var isCapital: Bool
        var showsPlus = false
        var digits = 0
        var power = 0

        /// The most digits of an exponent; those of all numbers have three.
        fileprivate static let mostDigits = 5
    }

    /// Nil if the text is a number in no format.
    init?(_ text: Span<UInt8>) {
        var place = 0
        readSign(text, &place)
        let start = place
        if let length = Self.currency(text, at: place) {
            place += length
            place += NumberMarks.space(text, at: place)?.length ?? 0
            prefix = String(utf8: text.extracting(start..<place))
            if !isSigned {
                readSign(text, &place)
                signFollowsPrefix = isSigned
            }
        }
        guard readBody(text, &place), readExponent(text, &place), readSuffix(text, place) else {
            return nil
        }
    }

    private mutating func readSign(_ text: Span<UInt8>, _ place: inout Int) {
        guard place < text.count else { return }
        isNegative = text[place] == UInt8(ascii: "-")
        isSigned = isNegative || text[place] == UInt8(ascii: "+")
        if isSigned { place += 1 }
    }

    /// Reads digits and marks up to the last digit, comma or point; false if there is no digit.
    private mutating func readBody(_ text: Span<UInt8>, _ place: inout Int) -> Bool {
        let start = place
        var next = place
        var waiting: NumberMarks = []
        var hasDigits = false
        while next < text.count {
            if text[next].isDigit {
                hasDigits = true
                next += 1
            } else if let (mark, length) = NumberMarks.mark(text, at: next) {
                waiting.formUnion(mark)
                next += length
                // Other marks count between digits alone: a space can belong to the suffix.
                guard mark == .comma || mark == .point else { continue }
            } else {
                break
            }
            place = next
            marks.formUnion(waiting)
        }
        body = start..<place
        return hasDigits
    }

    /// Reads an exponent if there is one; false if it has no digits, or too many.
    private mutating func readExponent(_ text: Span<UInt8>, _ place: inout Int) -> Bool {
        guard place < text.count, text[place] | 0x20 == UInt8(ascii: "e") else { return true }
        var found = Exponent(isCapital: text[place] == UInt8(ascii: "E"))
        place += 1
        let isNegative = place < text.count && text[place] == UInt8(ascii: "-")
        found.showsPlus = place < text.count && text[place] == UInt8(ascii: "+")
        if isNegative || found.showsPlus { place += 1 }
        while place < text.count, text[place].isDigit, found.digits <= Exponent.mostDigits {
            found.power = 10 * found.power + text[place].digit
            found.digits += 1
            place += 1
        }
        if isNegative { found.power.negate() }
        exponent = found
        return (1...Exponent.mostDigits).contains(found.digits)
    }

    /// Reads the rest; false if it is neither empty, nor "%", nor a currency sign.
    private mutating func readSuffix(_ text: Span<UInt8>, _ place: Int) -> Bool {
        guard place < text.count else { return true }
        let sign = place + (NumberMarks.space(text, at: place)?.length ?? 0)
        let isPercent = sign == text.count - 1 && text[sign] == UInt8(ascii: "%")
        guard isPercent || Self.currency(text, at: sign) == text.count - sign else { return false }
        suffix = String(utf8: text.extracting(place..<text.count))
        return true
    }

    /// The length in bytes of a currency sign at a place; nil if there is none.
    private static func currency(_ text: Span<UInt8>, at place: Int) -> Int? {
        guard place < text.count else { return nil }
        if text[place] == UInt8(ascii: "$") { return 1 }
        guard text[place] >= 0xc2 else { return nil }
        let length = text[place] < 0xe0 ? 2 : text[place] < 0xf0 ? 3 : 4
        guard place + length <= text.count else { return nil }
        let sign = String(utf8: text.extracting(place..<place + length)).unicodeScalars
        guard sign.first?.properties.generalCategory == .currencySymbol else { return nil }
        return length
    }
}

extension NumberText {
    /// The digits of a text, of which it is known what the marks between them mean.
    struct Digits {
        /// How many there are before the separator.
        fileprivate(set) var whole = 0
        /// How many there are behind the separator.
        fileprivate(set) var decimals = 0
        fileprivate(set) var hasSeparator = false
        fileprivate(set) var startsWithZero = false
        /// How many there are from the first that is not zero.
        fileprivate var significant = 0
        /// The first 19 of those, as many as fit.
        fileprivate var first: UInt64 = 0
        /// Whether a later one is not zero.
        fileprivate var hasMore = false
        fileprivate let exponent: Int?

        fileprivate init(exponent: Int?) { self.exponent = exponent }

        fileprivate mutating func append(_ digit: Int) {
            if whole + decimals == 0 { startsWithZero = digit == 0 }
            if hasSeparator { decimals += 1 } else { whole += 1 }
            guard significant > 0 || digit > 0 else { return }
            significant += 1
            if significant <= 19 {
                first = 10 * first + UInt64(digit)
            } else if digit > 0 {
                hasMore = true
            }
        }
    }

    /// Reads the digits.
    ///
    /// - Parameters:
    ///   - text: The text of which these are the parts.
    ///   - grouping: What separates thousands, in UTF-8.
    /// - Returns: Nil if marks stand where they must not, or zeros in front.
    func digits(in text: Span<UInt8>, separator: UInt8, grouping: Span<UInt8>) -> Digits? {
        var digits = Digits(exponent: exponent?.power)
        var hasGroups = false
        var group = 0
        var place = body.lowerBound
        while place < body.upperBound {
            if text[place].isDigit {
                digits.append(text[place].digit)
                group += 1
                place += 1
            } else if digits.hasSeparator {
                return nil
            } else if text[place] == separator {
                digits.hasSeparator = true
                guard !hasGroups || group == 3 else { return nil }
                place += 1
            } else {
                guard hasGroups ? group == 3 : (1...3).contains(group),
                    text.begins(with: grouping, at: place)
                else { return nil }
                hasGroups = true
                group = 0
                place += grouping.count
            }
        }
        let isGrouped = hasGroups || grouping.isEmpty || digits.whole <= 3
        guard isGrouped, !hasGroups || digits.hasSeparator || group == 3,
            !(hasGroups && exponent != nil), !(digits.startsWithZero && digits.whole > 1)
        else { return nil }
        return digits
    }
}

extension NumberText.Digits {
    var isZero: Bool { significant == 0 }

    /// The power of ten of the first digit that is not zero.
    var power: Int { significant - 1 - decimals + (exponent ?? 0) }

    /// How many digits are behind the separator, with an exponent such that one is before it.
    var scientificDecimals: Int { isZero ? decimals : significant - 1 }

    /// The number; nil if it is too large or too small for a `Double`.
    ///
    /// Digits behind the first 19 count as zeros; no column has such texts (``isKept``).
    func value(isNegative: Bool) -> Double? {
        guard !isZero else { return 0 }
        let scale = (exponent ?? 0) - decimals + max(0, significant - 19)
        let magnitude: Double
        if significant <= 15, abs(scale) < Self.powers.count {
            // Both are exact, so that one operation rounds as it must (Clinger, 1990).
            let power = Self.powers[abs(scale)]
            magnitude = scale < 0 ? Double(first) / power : Double(first) * power
        } else {
            guard let found = Double("\(first)e\(scale)"), found.isNormal else { return nil }
            magnitude = found
        }
        return isNegative ? -magnitude : magnitude
    }

    /// The powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Whether a `Double` keeps all digits, and there are not so many that it is a long id.
    var isKept: Bool {
        guard let value = value(isNegative: false) else { return false }
        guard significant > 15 else { return true }
        guard !hasMore, significant < 17 || decimals > 0 || exponent != nil else { return false }
        var digits = first
        while digits.isMultiple(of: 10) { digits /= 10 }
        return DecimalDigits(value).number == digits
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// The value of a digit.
    var digit: Int { Int(self) - Int(UInt8(ascii: "0")) }
}

extension Span<UInt8> {
    /// Whether another text, which is not empty, is there at a place.
    func begins(with other: Span<UInt8>, at place: Int) -> Bool {
        guard !other.isEmpty, place + other.count <= count else { return false }
        for index in other.indices where self[place + index] != other[index] { return false }
        return true
    }
}

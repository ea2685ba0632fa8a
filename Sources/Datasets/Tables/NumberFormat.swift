/// How the numbers of a column are written.
///
/// Every text from which a format was found is written back as it was, but for these: a plus is dropped, zero has no
/// minus, and where texts of one column differ in zeros at their ends ("1.5" and "1.50"), in a zero before the separator
/// (".5" and "0.5"), in a separator at the end ("5." and "5") or in the way of their exponents, all follow one way.
public struct NumberFormat: Hashable, Sendable, Codable {
    /// The most digits behind the separator; with an exponent, those of a number such as 1.25e3.
    public var decimals = 0
    /// The fewest digits behind the separator, up to which zeros are kept: 1 for "5.0" and "1.25".
    public var leastDecimals = 0
    public var decimalComma = false
    /// What stands between thousands; empty if nothing does.
    public var grouping = ""
    /// A currency sign, with the space that follows it; empty if there is none.
    public var prefix = ""
    /// A currency sign or "%", with the space before it; empty if there is none.
    public var suffix = ""
    /// Whether a sign stands between prefix and digits, as in "$-5".
    public var signFollowsPrefix = false
    /// Whether a zero before the separator is left out, as in ".5".
    public var omitsZero = false
    /// Whether the separator stays where no digits follow, as in "5.".
    public var keepsSeparator = false
    /// How exponents are written; nil if there are none.
    public var exponent: Exponent?

    /// How exponents are written, and of which numbers.
    public struct Exponent: Hashable, Sendable, Codable {
        /// Whether it is 1E5, rather than 1e5.
        public var isCapital: Bool
        /// Whether it is 1e+5, rather than 1e5.
        public var showsPlus: Bool
        /// The fewest digits: 2 for 1e-05.
        public var digits: Int
        /// Numbers of these powers of ten are written without an exponent; nil: none is.
        public var plain: ClosedRange<Int>?
    }

    /// The one format in which all texts are numbers; nil if there is none.
    ///
    /// Texts with zeros in front, such as "007", are codes. So are whole numbers of 17 digits or more, and other texts with
    /// more digits than a `Double` keeps. Where commas or points can be read in two ways, commas with three digits behind
    /// each separate thousands, and single points separate decimals.
    public static func common(to texts: [String]) -> NumberFormat? {
        guard let first = texts.first, let sample = NumberText(first.utf8.span) else { return nil }
        var marks: NumberMarks = []
        var signs: (before: Bool, behind: Bool) = (false, false)
        for text in texts {
            let bytes = text.utf8.span
            guard let found = NumberText(bytes), found.prefix == sample.prefix,
                found.suffix == sample.suffix
            else { return nil }
            marks.formUnion(found.marks)
            if found.isSigned, !found.prefix.isEmpty {
                if found.signFollowsPrefix { signs.behind = true } else { signs.before = true }
            }
        }
        guard !(signs.before && signs.behind) else { return nil }
        for (grouping, decimalComma) in marks.readings {
            var format = NumberFormat()
            format.decimalComma = decimalComma
            format.grouping = grouping
            format.prefix = sample.prefix
            format.suffix = sample.suffix
            format.signFollowsPrefix = signs.behind
            if format.learn(from: texts) { return format }
        }
        return nil
    }

    /// The number that a text stands for, which is finite; nil if it is none in this format.
    public func number(_ text: String) -> Double? {
        let bytes = text.utf8.span
        guard let found = NumberText(bytes), found.prefix == prefix, found.suffix == suffix,
            let digits = digits(of: found, in: bytes)
        else { return nil }
        return digits.value(isNegative: found.isNegative)
    }

    /// The text of a number, rounded to ``decimals``; of infinity, that of the largest number.
    public func text(_ number: Double) -> String {
        let largest = Double.greatestFiniteMagnitude
        let number = number.isNaN ? 0 : max(-largest, min(largest, number))
        var digits = DecimalDigits(number.magnitude)
        var body: [UInt8] = []
        if let exponent, !isPlain(digits, exponent) {
            digits.round(to: decimals + 1)
            let power = digits.power
            digits.power = 0
            write(digits, to: &body)
            write(digits.isZero ? 0 : power, as: exponent, to: &body)
        } else {
            digits.round(to: digits.power + 1 + decimals)
            write(digits, to: &body)
        }
        let sign = number < 0 && !digits.isZero ? "-" : ""
        return (signFollowsPrefix ? prefix + sign : sign + prefix)
            + String(decoding: body, as: UTF8.self) + suffix
    }
}

extension NumberFormat {
    private func digits(of text: NumberText, in bytes: Span<UInt8>) -> NumberText.Digits? {
        text.digits(
            in: bytes, separator: UInt8(ascii: decimalComma ? "," : "."),
            grouping: grouping.utf8.span
        )
    }

    /// Finds how decimals, zeros and exponents are written; false if some text is no number.
    private mutating func learn(from texts: [String]) -> Bool {
        var least = Int.max
        var (hasZero, omitsZero, keepsSeparator, dropsSeparator) = (false, false, false, false)
        var (hasPlain, below, from) = (false, -Self.furthest, Self.furthest)
        for text in texts {
            let bytes = text.utf8.span
            guard let found = NumberText(bytes), let digits = digits(of: found, in: bytes),
                digits.isKept, digits.decimals <= Self.mostDecimals
            else { return false }
            let count = found.exponent == nil ? digits.decimals : digits.scientificDecimals
            decimals = max(decimals, count)
            least = min(least, count)
            if digits.decimals > 0 {
                if digits.whole == 0 { omitsZero = true }
                if digits.whole == 1, digits.startsWithZero { hasZero = true }
            } else if digits.hasSeparator {
                keepsSeparator = true
            } else {
                dropsSeparator = true
            }
            guard let found = found.exponent else {
                hasPlain = true
                continue
            }
            var form =
                exponent
                ?? Exponent(isCapital: found.isCapital, showsPlus: false, digits: found.digits)
            form.showsPlus = form.showsPlus || found.showsPlus
            form.digits = min(form.digits, found.digits)
            exponent = form
            guard !digits.isZero else { continue }
            if digits.power < 0 {
                below = max(below, digits.power + 1)
            } else {
                from = min(from, digits.power - 1)
            }
        }
        leastDecimals = least
        self.omitsZero = omitsZero && !hasZero
        self.keepsSeparator = keepsSeparator && !dropsSeparator
        if hasPlain { exponent?.plain = below...max(below, from) }
        return true
    }

    /// The most decimals of a number of 17 digits that common programs write without an exponent.
    private static let mostDecimals = 20

    /// A power of ten beyond those of all numbers.
    private static let furthest = 400

    private func isPlain(_ digits: DecimalDigits, _ exponent: Exponent) -> Bool {
        guard let plain = exponent.plain else { return false }
        return digits.isZero || plain.contains(digits.power)
    }

    /// Writes the digits before and behind the separator.
    private func write(_ digits: DecimalDigits, to body: inout [UInt8]) {
        var count = decimals
        while count > leastDecimals, digits[-count] == 0 { count -= 1 }
        let isBelowOne = digits.isZero || digits.power < 0
        if !(isBelowOne && omitsZero && count > 0) {
            for place in (0...(isBelowOne ? 0 : digits.power)).reversed() {
                body.append(UInt8(ascii: "0") + digits[place])
                if place > 0, place.isMultiple(of: 3) { body += grouping.utf8 }
            }
        }
        guard count > 0 || keepsSeparator else { return }
        body.append(UInt8(ascii: decimalComma ? "," : "."))
        for place in 0..<count { body.append(UInt8(ascii: "0") + digits[-1 - place]) }
    }

    private func write(_ power: Int, as exponent: Exponent, to body: inout [UInt8]) {
        body.append(UInt8(ascii: exponent.isCapital ? "E" : "e"))
        if power < 0 {
            body.append(UInt8(ascii: "-"))
        } else if exponent.showsPlus {
            body.append(UInt8(ascii: "+"))
        }
        let digits = String(power.magnitude).utf8
        for _ in 0..<max(0, exponent.digits - digits.count) { body.append(UInt8(ascii: "0")) }
        body += digits
    }
}

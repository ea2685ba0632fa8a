/// The shortest decimal digits that stand for a number, and their place.
struct DecimalDigits {
    /// Digits from 0 to 9; neither the first nor the last is zero, and there are none for zero.
    private var digits: [UInt8] = []
    /// The power of ten of the first digit.
    var power = 0

    /// - Parameter number: Finite, and not below zero.
    init(_ number: Double) {
        var text = Array(number.description.utf8)[...]
        // A text such as "0.00123", "120.0" or "1.2e-05".
        if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
            power = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)) ?? 0
            text = text[..<mark]
        }
        power += (text.firstIndex(of: UInt8(ascii: ".")) ?? text.endIndex) - 1
        digits = text.filter(\.isDigit).map { UInt8($0.digit) }
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(zeros)
        power -= zeros
        dropZeros()
    }

    var isZero: Bool { digits.isEmpty }

    /// The digits as one whole number, of 17 digits at most.
    var number: UInt64 { digits.reduce(0) { 10 * $0 + UInt64($1) } }

    /// The digit at a power of ten.
    subscript(place: Int) -> UInt8 {
        digits.indices.contains(power - place) ? digits[power - place] : 0
    }

    /// Rounds to a count of digits from the first; half goes up.
    mutating func round(to count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else {
            digits = []
            return
        }
        let goesUp = digits[count] >= 5
        digits.removeSubrange(count...)
        if goesUp {
            while digits.last == 9 { digits.removeLast() }
            if digits.isEmpty {
                digits = [1]
                power += 1
            } else {
                digits[digits.count - 1] += 1
            }
        }
        dropZeros()
    }

    private mutating func dropZeros() {
        while digits.last == 0 { digits.removeLast() }
    }
}

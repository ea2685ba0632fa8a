/// The parts of a text that may be a date or a time of day.
struct DateText {
    /// The pattern, as if all were padded, the day came before the month, and steps were the smallest.
    private(set) var form = DatePattern(day: nil, time: nil)
    /// Whether day and month have a zero in front; nil if both are above 9.
    private(set) var dayIsPadded: Bool?
    /// Whether the hour has a zero in front; nil if it is above 9.
    private(set) var hourIsPadded: Bool?
    /// The time since midnight, in the smallest units of seconds that are written.
    private(set) var unitsOfDay = 0
    private var year = 0
    /// Day and month, in the order in which they are written.
    private var pair = (0, 0)

    /// The most digits behind the point of seconds, such that a `Double` keeps them for dates of our time.
    private static let mostFractionDigits = 6
    /// The most units that a `Double` keeps, with a bit to spare for rounding.
    private static let mostUnits = 1 << 52

    /// Nil if the text is a date in no pattern.
    init?(_ text: Span<UInt8>) {
        var place = 0
        guard let first = Digits(text, &place), place < text.count || first.count == 8 else {
            return nil
        }
        if first.count == 8 {
            guard place == text.count else { return nil }
            setDay(
                (first.value / 10_000, first.value / 100 % 100, first.value % 100),
                DatePattern.Day(
                    order: .yearMonthDay, separator: "", hasShortYear: false, isPadded: true))
            guard form.day?.years.contains(year) == true else { return nil }
        } else if text[place] == UInt8(ascii: ":") {
            guard readTime(text, 0, mark: "") else { return nil }
        } else {
            guard readDay(text, &place, first) else { return nil }
            guard place < text.count else { return }
            let mark = text[place]
            guard mark == UInt8(ascii: "T") || mark == UInt8(ascii: " "),
                readTime(text, place + 1, mark: mark == UInt8(ascii: "T") ? "T" : " ")
            else { return nil }
        }
    }

    /// The smallest units of seconds that are written, in a second.
    var unitsPerSecond: Int { form.time?.unitsPerSecond ?? 1 }

    /// The orders of day and month that are possible.
    func orders(dayFirst: Bool?) -> [DatePattern.Order] {
        guard form.day?.order == .dayMonthYear else { return [.yearMonthDay] }
        return switch dayFirst {
        case true?: [.dayMonthYear]
        case false?: [.monthDayYear]
        case nil: [.dayMonthYear, .monthDayYear]
        }
    }

    /// The day; nil if there is none in this order.
    func day(_ order: DatePattern.Order) -> CivilDay? {
        let (month, day) = order == .dayMonthYear ? (pair.1, pair.0) : pair
        return CivilDay(validYear: year, month: month, day: day)
    }

    /// The number of the date; nil if there is no such day, or a `Double` does not keep the time.
    func number(_ order: DatePattern.Order) -> Double? {
        guard form.day != nil else { return Double(unitsOfDay) / Double(unitsPerSecond) }
        guard let days = day(order)?.number else { return nil }
        guard let time = form.time else { return Double(days) }
        let units = (days * 86_400 - time.offset) * unitsPerSecond + unitsOfDay
        guard units.magnitude <= Self.mostUnits else { return nil }
        return Double(units) / Double(unitsPerSecond)
    }
}

extension DateText {
    /// Digits that stand together.
    private struct Digits {
        var value = 0
        var count = 0

        /// Nil if there are no digits at a place, or more than eight.
        init?(_ text: Span<UInt8>, _ place: inout Int) {
            while place < text.count, text[place].isDigit, count <= 8 {
                value = 10 * value + text[place].digit
                count += 1
                place += 1
            }
            guard (1...8).contains(count) else { return nil }
        }
    }

    /// Takes a year, and what follows it or comes before it.
    private mutating func setDay(_ numbers: (year: Int, Int, Int), _ day: DatePattern.Day) {
        form.day = day
        year = numbers.year
        pair = (numbers.1, numbers.2)
    }

    /// Reads what follows the first digits of a date; false if it is no date.
    private mutating func readDay(
        _ text: Span<UInt8>, _ place: inout Int, _ first: Digits
    ) -> Bool {
        let separator = text[place]
        guard [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(separator) else {
            return false
        }
        place += 1
        guard let second = Digits(text, &place), place < text.count, text[place] == separator else {
            return false
        }
        place += 1
        guard let third = Digits(text, &place) else { return false }
        let yearIsFirst = first.count == 4
        let (year, numbers) = yearIsFirst ? (first, [second, third]) : (third, [first, second])
        guard year.count == 4 || !yearIsFirst && year.count == 2,
            numbers.allSatisfy({ $0.count <= 2 })
        else { return false }
        let padding = Set(numbers.filter { $0.value < 10 }.map { $0.count == 2 })
        guard padding.count < 2 else { return false }
        dayIsPadded = padding.first
        let isShort = year.count == 2
        let century = isShort ? (year.value >= 69 ? 1900 : 2000) : 0
        setDay(
            (century + year.value, numbers[0].value, numbers[1].value),
            DatePattern.Day(
                order: yearIsFirst ? .yearMonthDay : .dayMonthYear,
                separator: String(Unicode.Scalar(separator)), hasShortYear: isShort, isPadded: true)
        )
        return true
    }

    /// Reads a time of day up to the end; false if it is none.
    private mutating func readTime(_ text: Span<UInt8>, _ start: Int, mark: String) -> Bool {
        var place = start
        guard let hour = Digits(text, &place), hour.count <= 2, hour.value < 24,
            let minute = Self.sixtieth(text, &place)
        else { return false }
        if hour.value < 10 { hourIsPadded = hour.count == 2 }
        var time = DatePattern.Time(
            mark: mark, isPadded: true, hasSeconds: false, fractionDigits: 0, zone: "", offset: 0,
            unitsPerStep: 1)
        var seconds = 3_600 * hour.value + 60 * minute
        var fraction = 0
        if let second = Self.sixtieth(text, &place) {
            time.hasSeconds = true
            seconds += second
            if place < text.count, text[place] == UInt8(ascii: ".") {
                place += 1
                guard let digits = Digits(text, &place), digits.count <= Self.mostFractionDigits
                else { return false }
                time.fractionDigits = digits.count
                fraction = digits.value
            }
        }
        if place < text.count {
            guard form.day != nil, let offset = Self.offset(text.extracting(place..<text.count))
            else { return false }
            time.zone = String(utf8: text.extracting(place..<text.count))
            time.offset = offset
        }
        form.time = time
        unitsOfDay = seconds * time.unitsPerSecond + fraction
        return true
    }

    /// A colon and two digits below 60; nil, and nothing read, if they are not there.
    private static func sixtieth(_ text: Span<UInt8>, _ place: inout Int) -> Int? {
        guard place < text.count, text[place] == UInt8(ascii: ":") else { return nil }
        var end = place + 1
        guard let digits = Digits(text, &end), digits.count == 2, digits.value < 60 else {
            return nil
        }
        place = end
        return digits.value
    }

    /// The seconds by which a zone such as "Z", "+02:00", "+0200" or "+02" is ahead of UTC; nil if it is none.
    private static func offset(_ zone: Span<UInt8>) -> Int? {
        if zone.count == 1, zone[0] == UInt8(ascii: "Z") { return 0 }
        guard zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-") else { return nil }
        var place = 1
        guard let first = Digits(zone, &place) else { return nil }
        var (hours, minutes) = (first.value, 0)
        if first.count == 4 {
            (hours, minutes) = first.value.quotientAndRemainder(dividingBy: 100)
        } else if first.count == 2 {
            minutes = sixtieth(zone, &place) ?? 0
        } else {
            return nil
        }
        guard place == zone.count, hours < 24, minutes < 60 else { return nil }
        return (zone[0] == UInt8(ascii: "-") ? -1 : 1) * (3_600 * hours + 60 * minutes)
    }
}

/// How the dates of a column are written.
///
/// Dates are numbers: days since 1 January 1970, or with a time of day the seconds since then, in UTC where the zone is
/// known. Times alone are seconds since midnight. The calendar is Gregorian at all times. Every text from which a pattern
/// was found is written back as it was.
public struct DatePattern: Hashable, Sendable, Codable {
    /// Nil for times alone.
    public internal(set) var day: Day?
    /// Nil for dates alone.
    public internal(set) var time: Time?

    /// How days are written.
    public struct Day: Hashable, Sendable, Codable {
        public var order: Order
        /// What stands between year, month and day: "-", "/", "." or nothing.
        public var separator: String
        /// Whether years have two digits: 69 to 99 are 1969 to 1999, and 00 to 68 are 2000 to 2068.
        public var hasShortYear: Bool
        /// Whether months and days below 10 have a zero in front.
        public var isPadded: Bool
    }

    /// What comes first, second and last.
    public enum Order: String, Hashable, Sendable, Codable {
        case yearMonthDay, dayMonthYear, monthDayYear
    }

    /// How times of day are written.
    public struct Time: Hashable, Sendable, Codable {
        /// What stands between date and time: "T", " ", or nothing where there is no date.
        public var mark: String
        /// Whether hours below 10 have a zero in front.
        public var isPadded: Bool
        public var hasSeconds: Bool
        /// How many digits seconds have behind the point.
        public var fractionDigits: Int
        /// What follows the time: nothing, "Z", or an offset such as "+02:00".
        public var zone: String
        /// How many seconds the zone is ahead of UTC.
        public var offset: Int
        /// How many of the smallest units that are written lie between times: 60 where seconds are written, and all are 0.
        public var unitsPerStep: Int

        /// How many of the smallest units of seconds that are written make up one second.
        var unitsPerSecond: Int {
            var units = 1
            for _ in 0..<fractionDigits { units *= 10 }
            return units
        }
    }

    /// The one pattern in which all texts are dates; nil if there is none.
    ///
    /// Dates of eight digits, such as 20240131, are of the years 1900 to 2100. Two-digit years come last.
    ///
    /// - Parameter dayFirst: Whether the day comes before the month in dates that end with the year; nil if it is not known.
    /// - Throws: ``DataError`` if it is not known, and both orders fit all texts.
    public static func common(to texts: [String], dayFirst: Bool?) throws -> DatePattern? {
        guard let first = texts.first, let sample = DateText(first.utf8.span) else { return nil }
        var orders = sample.orders(dayFirst: dayFirst)
        var (dayIsPadded, hourIsPadded): (Bool?, Bool?)
        var unclear: String?
        // A day, an hour, a minute, a second and the smallest unit that is written.
        let second = sample.unitsPerSecond
        var steps = [86_400 * second, 3_600 * second, 60 * second, second, 1]
        for text in texts {
            guard let found = DateText(text.utf8.span), found.form == sample.form else {
                return nil
            }
            orders.removeAll { found.number($0) == nil }
            guard !orders.isEmpty, found.dayIsPadded.agrees(with: &dayIsPadded),
                found.hourIsPadded.agrees(with: &hourIsPadded)
            else { return nil }
            if unclear == nil, orders.count > 1, found.number(orders[0]) != found.number(orders[1])
            {
                unclear = text
            }
            while steps.count > 1, !found.unitsOfDay.isMultiple(of: steps[0]) {
                steps.removeFirst()
            }
        }
        if orders.count > 1, let unclear { throw openOrder(unclear) }
        var pattern = sample.form
        pattern.day?.order = orders[0]
        pattern.day?.isPadded = dayIsPadded ?? true
        pattern.time?.isPadded = hourIsPadded ?? true
        pattern.time?.unitsPerStep = steps[0]
        return pattern
    }

    private static func openOrder(_ text: String) -> DataError {
        let readings = [true, false].compactMap { dayFirst in
            DateText(text.utf8.span).flatMap { found in
                found.day(found.orders(dayFirst: dayFirst)[0])?.description
            }
        }
        return DataError(
            "expected dates that show whether day or month comes first, found none with a number above 12: '\(text)' is \(readings.joined(separator: " or ")); give the column's kind in the schema as 'date day-first' or 'date month-first'"
        )
    }

    /// The number of a date; nil if the text is none in this pattern, but for zeros in front of days, months and hours.
    public func number(_ text: String) -> Double? {
        var form = self
        form.day?.order = day?.order == .yearMonthDay ? .yearMonthDay : .dayMonthYear
        form.day?.isPadded = true
        form.time?.isPadded = true
        form.time?.unitsPerStep = 1
        guard let found = DateText(text.utf8.span), found.form == form else { return nil }
        return found.number(day?.order ?? .yearMonthDay)
    }

    /// The text of a number, rounded to ``step``; beyond the years that the pattern can show, that of the nearest date.
    public func text(_ number: Double) -> String {
        // Far beyond all years, and small enough for whole numbers.
        let number = number.isNaN ? 0 : max(-1e12, min(1e12, number))
        let days = day?.days ?? 0...0
        guard let time else {
            return day?.text(max(days.lowerBound, min(days.upperBound, Int(number.rounded()))))
                ?? ""
        }
        let perDay = 86_400 * time.unitsPerSecond
        let whole = number.rounded(.down)
        // The fraction is taken apart, since it is exact; it is rounded once, here or below.
        let fraction = ((number - whole) * Double(time.unitsPerSecond)).rounded(
            time.unitsPerStep == 1 ? .toNearestOrAwayFromZero : .down)
        let units = (Int(whole) + time.offset) * time.unitsPerSecond + Int(fraction)
        let rounded = (units + time.unitsPerStep / 2).floored(to: time.unitsPerStep)
        let local = max(
            days.lowerBound * perDay,
            min((days.upperBound + 1) * perDay - time.unitsPerStep, rounded))
        let midnight = local.floored(to: perDay)
        return (day?.text(midnight / perDay) ?? "") + time.text(local - midnight)
    }

    /// The smallest difference that texts show: 1 day for dates alone, and otherwise the seconds of a day, an hour or a
    /// minute, 1 second, or its smallest fraction.
    public var step: Double {
        time.map { Double($0.unitsPerStep) / Double($0.unitsPerSecond) } ?? 1
    }
}

extension DatePattern.Day {
    /// The days since 1970 that can be written.
    fileprivate var days: ClosedRange<Int> {
        let first = CivilDay(year: years.lowerBound, month: 1, day: 1).number
        return first...CivilDay(year: years.upperBound, month: 12, day: 31).number
    }

    /// The years that can be written.
    var years: ClosedRange<Int> {
        hasShortYear ? 1969...2068 : separator.isEmpty ? 1900...2100 : 0...9_999
    }

    fileprivate func text(_ number: Int) -> String {
        let found = CivilDay(number)
        let year = hasShortYear ? (found.year % 100).text(digits: 2) : found.year.text(digits: 4)
        let month = found.month.text(digits: isPadded ? 2 : 1)
        let day = found.day.text(digits: isPadded ? 2 : 1)
        return switch order {
        case .yearMonthDay: year + separator + month + separator + day
        case .dayMonthYear: day + separator + month + separator + year
        case .monthDayYear: month + separator + day + separator + year
        }
    }
}

extension DatePattern.Time {
    fileprivate func text(_ unitsOfDay: Int) -> String {
        let (seconds, fraction) = unitsOfDay.quotientAndRemainder(dividingBy: unitsPerSecond)
        var text = mark + (seconds / 3_600).text(digits: isPadded ? 2 : 1)
        text += ":" + (seconds / 60 % 60).text(digits: 2)
        if hasSeconds { text += ":" + (seconds % 60).text(digits: 2) }
        if fractionDigits > 0 { text += "." + fraction.text(digits: fractionDigits) }
        return text + zone
    }
}

extension Bool? {
    /// Whether two do not contradict each other; if so, the other takes this one's value where it has none.
    fileprivate func agrees(with other: inout Bool?) -> Bool {
        other = other ?? self
        return self == nil || self == other
    }
}

extension Int {
    /// The greatest multiple of a number that is not above this one.
    fileprivate func floored(to step: Int) -> Int {
        let rest = self % step
        return self - (rest < 0 ? rest + step : rest)
    }

    /// A number that is not below zero, with zeros in front.
    func text(digits: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text
    }
}

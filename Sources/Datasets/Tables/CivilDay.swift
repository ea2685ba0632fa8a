/// A day of the Gregorian calendar, which is taken to have been in use at all times.
struct CivilDay: CustomStringConvertible {
    let year: Int
    let month: Int
    let day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Nil if there is no such day.
    init?(validYear year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Self.length(of: month, in: year) else {
            return nil
        }
        self.init(year: year, month: month, day: day)
    }

    private static func length(of month: Int, in year: Int) -> Int {
        guard month != 2 else {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// The days in 400 years, after which the calendar repeats, and from 1 March of year 0 to 1 January 1970.
    private static let (cycle, epoch) = (146_097, 719_468)

    /// The day with a number of days since 1 January 1970 (days from civil; Hinnant, 2013).
    ///
    /// Years are counted from March, so that a leap day is the last of its year.
    init(_ number: Int) {
        let shifted = number + Self.epoch
        let era = (shifted >= 0 ? shifted : shifted - Self.cycle + 1) / Self.cycle
        let dayOfEra = shifted - era * Self.cycle
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / (Self.cycle - 1)) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The days since 1 January 1970.
    var number: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let fromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * fromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.cycle + dayOfEra - Self.epoch
    }

    /// A text such as "2024-01-31".
    var description: String {
        [year.text(digits: 4), month.text(digits: 2), day.text(digits: 2)].joined(separator: "-")
    }
}

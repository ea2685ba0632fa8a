import Testing

@testable import Datasets

@Suite("Formats of numbers and dates")
struct NumberAndDateFormatTests {
    /// Numbers that differ from one run of the loop to the next, and are the same in each run of the tests.
    private struct Draws: RandomNumberGenerator {
        var state: UInt64 = 1

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private func pattern(_ texts: [String], dayFirst: Bool? = nil) throws -> DatePattern? {
        try DatePattern.common(to: texts, dayFirst: dayFirst)
    }

    @Test(
        "Numbers are read, and written back as they were",
        arguments: [
            (["0", "12", "-3"], [0, 12, -3]),
            (["1.50", "2.25"], [1.5, 2.25]),
            (["5.0", "1.25", "-0.5"], [5, 1.25, -0.5]),
            (["1,5", "2,25"], [1.5, 2.25]),
            (["1.234,5", "2,5"], [1234.5, 2.5]),
            (["1,234.56", "0.50"], [1234.56, 0.5]),
            (["1 234", "999"], [1234, 999]),
            (["1\u{a0}234,5", "1,0"], [1234.5, 1]),
            (["1\u{202f}234", "1"], [1234, 1]),
            (["1'234'567", "1"], [1_234_567, 1]),
            (["1\u{2019}234.5", "1.5"], [1234.5, 1.5]),
            (["$5", "-$1,234"], [5, -1234]),
            (["$-5", "$7"], [-5, 7]),
            (["€ 5,00", "€ 1.234,50"], [5, 1234.5]),
            (["5 €", "1 234 €"], [5, 1234]),
            (["5%", "-7.5%"], [5, -7.5]),
            (["5 %", "7 %"], [5, 7]),
            (["1e5", "2.5e-3"], [1e5, 2.5e-3]),
            (["1.00E+05", "2.50E-13"], [1e5, 2.5e-13]),
            (["0.0001", "1e-05", "123.5", "1e+16"], [1e-4, 1e-5, 123.5, 1e16]),
            ([".5", "-.25"], [0.5, -0.25]),
            (["5.", "12."], [5, 12]),
            (["0.30000000000000004", "-0.0727811733098497"], [0.1 + 0.2, -0.0727811733098497]),
            (["4111111111111111"], [4_111_111_111_111_111]),
        ] as [([String], [Double])])
    func numbers(texts: [String], numbers: [Double]) throws {
        let format = try #require(NumberFormat.common(to: texts))
        #expect(texts.map(format.number) == numbers)
        #expect(numbers.map(format.text) == texts)
    }

    @Test(
        "Whether commas and points separate thousands shows in the whole column",
        arguments: [
            (["1,234", "5,678"], [1234, 5678]),
            (["1,234", "0,567"], [1.234, 0.567]),
            (["1,234", "5,67"], [1.234, 5.67]),
            (["1,234", "1234,5"], [1.234, 1234.5]),
            (["1.234", "5.678"], [1.234, 5.678]),
            (["1.234", "1.234.567"], [1234, 1_234_567]),
            (["1.234", "5,6"], [1234, 5.6]),
            (["1,234", "5.6"], [1234, 5.6]),
        ] as [([String], [Double])])
    func commasAndPoints(texts: [String], numbers: [Double]) throws {
        let format = try #require(NumberFormat.common(to: texts))
        #expect(texts.map(format.number) == numbers)
        #expect(numbers.map(format.text) == texts)
    }

    @Test(
        "What differs between texts follows one way",
        arguments: [
            (["+5", "-0", "3"], ["5", "0", "3"]),
            (["1.5", "2.50", "3.00"], ["1.5", "2.5", "3.0"]),
            ([".5", "0.25"], ["0.5", "0.25"]),
            (["5.", "6"], ["5", "6"]),
            (["12e3", "1e-5"], ["1.2e4", "1e-5"]),
            (["1E5", "2e10"], ["1E5", "2E10"]),
        ])
    func unequal(texts: [String], written: [String]) throws {
        let format = try #require(NumberFormat.common(to: texts))
        #expect(texts.map { format.number($0).map(format.text) } == written)
    }

    @Test(
        "Codes, long ids, words and mixtures are no numbers",
        arguments: [
            [], [""], ["-"], ["."], ["5", ""], ["inf"], ["nan"], ["NaN"], ["0x10"], ["1e"], ["e5"],
            ["1e999"], ["1e-999"], ["1e99999999999999999999"], ["007"], ["12345", "00123"],
            ["-01"], ["00:12"], ["12345678901234567"], ["0.123456789012345678"],
            ["100000000000000000000"], ["0.000000000000000000000"], ["9999999999999999"],
            ["1,23,456"], ["1.234.56"], ["1,234", "1234", "1,234,567"], ["1 234'567"], ["12 34"],
            ["1,234.5,6"], ["0,123,456"], ["1,234e5", "1,234,567"], ["$5", "5"], ["$5", "€5"],
            ["-$5", "$-5"], ["--5"], ["5-"], ["5 kg"], ["5%%"], ["%5"], [" 5"], ["5 "], ["🙂"],
            ["5🙂"], ["1\u{2019}"], ["٣"], ["1.5", "red"], ["2024-01-31"], ["31.01.2024"],
        ])
    func noNumbers(texts: [String]) {
        #expect(NumberFormat.common(to: texts) == nil)
    }

    @Test("Numbers are rounded to the decimals of the column, and zero has no minus")
    func rounding() throws {
        let cents = try #require(NumberFormat.common(to: ["1,234.50", "0.25"]))
        let written: [(Double, String)] = [
            (1234.565, "1,234.57"), (-0.004, "0.00"), (-0.0, "0.00"), (0.995, "1.00"),
            (999.995, "1,000.00"), (1e6, "1,000,000.00"), (.nan, "0.00"),
            (.leastNonzeroMagnitude, "0.00"),
        ]
        for (number, text) in written { #expect(cents.text(number) == text) }
        #expect(cents.number(cents.text(-.infinity)) == -.greatestFiniteMagnitude)
        let powers = try #require(NumberFormat.common(to: ["1.5e3", "2e3"]))
        #expect(powers.text(9.96e4) == "1e5" && powers.text(-0.0) == "0e0")
    }

    @Test("Texts in another format are no numbers of a column")
    func otherFormats() throws {
        let format = try #require(NumberFormat.common(to: ["$1,234", "$5"]))
        #expect(format.number("$2,345,678") == 2_345_678 && format.number("$5.5") == 5.5)
        for text in ["5", "€5", "$1234", "$1,23", "$05", "$", "", "$1,234 ", "$1e999"] {
            #expect(format.number(text) == nil)
        }
    }

    @Test("Each number that a format can show is read as it was written")
    func numberRoundTrips() throws {
        var draws = Draws()
        let columns = [
            ["1.50", "2.25"], ["1,234", "5"], ["1.234,567", "0,5"], ["$-5.1", "$1.25"],
            ["1.2345e-05"],
            ["0.0001", "1e-05", "1.23456e+16"], ["0.30000000000000004"],
        ]
        for texts in columns {
            let format = try #require(NumberFormat.common(to: texts))
            for _ in 0..<2_000 {
                let size = Double.random(in: -8...12, using: &draws)
                let drawn =
                    Double.random(in: -1...1, using: &draws)
                    * Double(sign: .plus, exponent: Int(size * 3), significand: 1)
                let text = format.text(drawn)
                let number = try #require(format.number(text))
                #expect(format.text(number) == text)
                #expect(format.number(format.text(number)) == number)
            }
        }
    }

    @Test(
        "Dates and times are read, and written back as they were",
        arguments: [
            (["2024-01-31", "1969-12-31"], [19_753, -1], 1),
            (["2024/1/31", "2024/10/1"], [19_753, 19_997], 1),
            (["31.01.2024", "29.02.2024"], [19_753, 19_782], 1),
            (["31/1/24", "1/2/69"], [19_753, -334], 1),
            (["01/31/24", "12/01/68"], [19_753, 36_129], 1),
            (["20240131", "19000228"], [19_753, -25_509], 1),
            (["2024-01-31T14:05:09", "1969-12-31T23:59:58"], [1_706_709_909, -2], 1),
            (["2024-01-31 14:05"], [1_706_709_900], 60),
            (["2024-01-31 14:00", "2024-01-31 9:00"], [1_706_709_600, 1_706_691_600], 3_600),
            (["2024-01-31 00:00:00"], [1_706_659_200], 86_400),
            (["2024-01-31T14:05:09.123Z"], [1_706_709_909.123], 0.001),
            (["2024-01-31T14:05:09.123456"], [1_706_709_909.123456], 0.000_001),
            (["2024-01-31T14:05:09+02:00"], [1_706_702_709], 1),
            (["2024-01-31T14:05:09-0330"], [1_706_722_509], 1),
            (["1/31/2024 9:05"], [1_706_691_900], 60),
            (["14:05", "00:00"], [50_700, 0], 60),
            (["9:05:09", "14:05:00"], [32_709, 50_700], 1),
        ] as [([String], [Double], Double)])
    func dates(texts: [String], numbers: [Double], step: Double) throws {
        let found = try #require(try pattern(texts))
        #expect(texts.map(found.number) == numbers)
        #expect(numbers.map(found.text) == texts)
        #expect(found.step == step)
    }

    @Test(
        "What is no day, no time, or in another pattern is no date",
        arguments: [
            [], [""], ["2023-02-29"], ["1900-02-29"], ["31.04.2024"], ["2024-13-01"],
            ["2024-00-10"],
            ["2024-01-00"], ["13/13/2024"], ["2024-01"], ["2024-01-31", "2024/01/31"],
            ["2024-01/31"], ["2024-01-31", "2024-01-31 10:00"], ["1/02/2024"],
            ["01.11.2024", "1.11.2024"], ["1.2.3"], ["192.168.1.1"], ["18991231"], ["20240230"],
            ["20240131", "2024013"], ["31-Jan-2024"], ["24:00"], ["12:60"], ["12:5"], ["12:05:60"],
            ["12:05:09."], ["12:05:09.1234567"], ["12:05Z"], ["2024-01-31T"], ["2024-01-31 "],
            ["2024-01-31T10:00Z", "2024-01-31T10:00+01:00"], ["2024-01-31T10:00+24:00"],
            ["2024-01-31T10:00+1"], ["2024-01-31T10:00 UTC"], ["99999999999999999999-01-01"],
            ["0001-01-01T00:00:00.000000"], ["🙂"], ["2024-01-🙂"], ["12:"], [":12"], ["-"],
        ])
    func noDates(texts: [String]) throws {
        #expect(try pattern(texts) == nil)
    }

    @Test("Where the order of day and month is open, the error says both readings and what to do")
    func openOrder() throws {
        let texts = ["05/05/2024", "01/02/2024"]
        let error = #expect(throws: DataError.self) { try pattern(texts) }
        let message = "\(try #require(error))"
        #expect(message.contains("'01/02/2024' is 2024-02-01 or 2024-01-02"))
        #expect(message.contains("schema as 'date day-first' or 'date month-first'"))
        let dayFirst = try #require(try pattern(texts, dayFirst: true))
        let monthFirst = try #require(try pattern(texts, dayFirst: false))
        #expect(dayFirst.number("01/02/2024") == 19_754 && dayFirst.text(19_754) == "01/02/2024")
        #expect(monthFirst.number("01/02/2024") == 19_724)
        #expect(monthFirst.text(19_724) == "01/02/2024")
    }

    @Test("One day above 12 decides the order, and equal numbers need none")
    func clearOrder() throws {
        #expect(try pattern(["01/02/2024", "13/02/2024"])?.day?.order == .dayMonthYear)
        #expect(try pattern(["01/02/2024", "02/13/2024"])?.day?.order == .monthDayYear)
        #expect(try pattern(["13/02/2024", "02/13/2024"]) == nil)
        #expect(try pattern(["13/02/2024"], dayFirst: false) == nil)
        #expect(try pattern(["02/02/2024", "03/03/2024"]) != nil)
        #expect(try pattern(["2024-01-02"], dayFirst: true)?.day?.order == .yearMonthDay)
    }

    @Test("Numbers are rounded to the step of the pattern, and to the dates that it can show")
    func dateRounding() throws {
        let days = try #require(try pattern(["2024-01-31"]))
        #expect(days.text(0.4) == "1970-01-01" && days.text(-0.6) == "1969-12-31")
        #expect(days.text(.infinity) == "9999-12-31" && days.text(-.infinity) == "0000-01-01")
        #expect(days.text(.nan) == "1970-01-01")
        let short = try #require(try pattern(["31.01.24"]))
        #expect(short.text(1e6) == "31.12.68" && short.text(-1e6) == "01.01.69")
        let hours = try #require(try pattern(["2024-01-31 14:00", "2024-01-31 23:00"]))
        #expect(hours.text(-1_799) == "1970-01-01 00:00")
        #expect(hours.text(1_799.9) == "1970-01-01 00:00")
        #expect(hours.text(-1_801) == "1969-12-31 23:00")
        let clock = try #require(try pattern(["14:05:09"]))
        #expect(clock.text(86_399.9) == "23:59:59" && clock.text(-5) == "00:00:00")
    }

    @Test("Zeros in front of days, months and hours may differ in later rows")
    func otherPadding() throws {
        let found = try #require(try pattern(["31.01.2024 08:05"]))
        #expect(found.number("31.1.2024 8:05") == found.number("31.01.2024 08:05"))
        for text in ["31.01.24 08:05", "31/01/2024 08:05", "01.31.2024 08:05", "31.01.2024"] {
            #expect(found.number(text) == nil)
        }
    }

    @Test("Every day of 800 years is the one after the day before")
    func calendar() {
        var last = CivilDay(year: 1599, month: 12, day: 31)
        for number in (last.number + 1)...CivilDay(year: 2400, month: 1, day: 1).number {
            let day = CivilDay(number)
            let follows =
                day.day == last.day + 1 && day.month == last.month && day.year == last.year
                || day.day == 1 && day.month == last.month + 1 && day.year == last.year
                || day.day == 1 && day.month == 1 && last.month == 12 && day.year == last.year + 1
            #expect(follows && day.number == number)
            last = day
        }
        #expect(CivilDay(0).description == "1970-01-01")
    }

    @Test("Each date that a pattern can show is read as it was written")
    func dateRoundTrips() throws {
        var draws = Draws()
        let columns = [
            ["2024-01-31"], ["31/1/2024", "1/10/2024"], ["2024-01-31T14:05:09.123Z"],
            ["2024-01-31 14:05:09.123456"],
            ["2024-01-31T14:05:09+02:00"], ["2024-01-31 14:05"],
        ]
        for texts in columns {
            let found = try #require(try pattern(texts))
            for _ in 0..<2_000 {
                let number =
                    Double.random(in: -4e9...4e9, using: &draws) * (found.time == nil ? 1e-5 : 1)
                let text = found.text(number)
                let read = try #require(found.number(text))
                #expect(abs(read - number) <= 0.5 * found.step + 1e-6 && found.text(read) == text)
            }
        }
    }

    @Test("No text crashes the readers")
    func anyTexts() throws {
        var draws = Draws()
        let parts = [
            "1", "0", "9", "12", "2024", ".", ",", "-", "+", "/", ":", " ", "T", "Z", "e", "E", "%",
            "$", "€",
            "'", "\u{2019}", "\u{a0}", "\u{202f}", "🙂", "é", "99999999999999999999",
        ]
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...8, using: &draws)
            let text = (0..<count).map { _ in parts.randomElement(using: &draws) ?? "" }.joined()
            if let format = NumberFormat.common(to: [text]) {
                let number = try #require(format.number(text))
                #expect(format.number(format.text(number)) == number, "\(text)")
            }
            if let found = try pattern([text], dayFirst: true) {
                #expect(found.number(text).map(found.text) == text)
            }
        }
    }
}

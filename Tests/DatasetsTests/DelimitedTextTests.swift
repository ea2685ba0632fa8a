import Foundation
import Testing

@testable import Datasets

@Suite("Files of separated values")
struct DelimitedTextTests {
    private func table(_ text: String, isStrict: Bool = false) throws -> DelimitedText {
        try table(Array(text.utf8), isStrict: isStrict)
    }

    private func table(_ bytes: [UInt8], isStrict: Bool = false) throws -> DelimitedText {
        try DelimitedText(bytes.span, path: "t.csv", isStrict: isStrict)
    }

    private func message(_ bytes: [UInt8], isStrict: Bool = false) -> String {
        do {
            _ = try table(bytes, isStrict: isStrict)
            return ""
        } catch { return "\(error)" }
    }

    private func message(_ text: String, isStrict: Bool = false) -> String {
        message(Array(text.utf8), isStrict: isStrict)
    }

    /// The cells of each row.
    private func rows(_ table: DelimitedText) -> [[String]] {
        (0..<table.rowCount).map { row in
            table.columns.map { $0.texts[Int($0.codes[row])] }
        }
    }

    @Test("Each text of a column is there once, in the order in which it first occurs")
    func columns() throws {
        let found = try table("name,age\nEve,7\nBob,8\nEve,8\n", isStrict: true)
        #expect(found.names == ["name", "age"] && found.rowCount == 3 && found.notes.isEmpty)
        #expect(found.columns.map(\.texts) == [["Eve", "Bob"], ["7", "8"]])
        #expect(found.columns.map(\.codes) == [[0, 1, 0], [0, 1, 1]])
        #expect(
            found.dialect
                == TableDialect(
                    separator: .comma, hasHeader: true, lineEnding: "\n", encoding: .utf8,
                    quotesAll: false, spaceAfterSeparator: false))
    }

    @Test("A column of 100,000 different texts is read like any other")
    func differentTexts() throws {
        let numbers = (0..<100_000).map { "number \($0)" }
        let found = try table("id,x\n" + numbers.map { "\($0),1\n" }.joined())
        #expect(found.columns[0].texts == numbers)
        #expect(found.columns[0].codes == (0..<100_000).map { UInt32($0) })
        #expect(found.columns[1].texts == ["1"])
    }

    @Test("Separators are found", arguments: TableDialect.Separator.allCases)
    func separators(separator: TableDialect.Separator) throws {
        let lines = [["name", "note", "age"], ["Eve", "a, b", "7"], ["Bob", "c", "8"]]
        let dialect = TableDialect(
            separator: separator, hasHeader: true, lineEnding: "\n", encoding: .utf8,
            quotesAll: false, spaceAfterSeparator: false)
        let found = try table(lines.map(dialect.line).joined(), isStrict: true)
        #expect(found.dialect == dialect && [found.names] + rows(found) == lines)
    }

    @Test(
        "Decimal commas are no separators",
        arguments: ["x;y\n1,5;2,5\n3,5;4,5\n", "1,5;2,5\n3,5;4,5\n", "name;x\na;1,5\nb;2,5\nc;3,5"])
    func decimalCommas(text: String) throws {
        let found = try table(text, isStrict: true)
        #expect(found.dialect.separator == .semicolon && found.names.count == 2)
        #expect(found.columns[1].texts.allSatisfy { $0.contains(",5") })
    }

    @Test("Separators in quotes do not count")
    func quotedSeparators() throws {
        let found = try table("1,\"a;b\",2\n3,\"c;d\",4\n")
        #expect(found.dialect.separator == .comma)
        #expect(rows(found) == [["1", "a;b", "2"], ["3", "c;d", "4"]])
    }

    @Test("A table can have one column")
    func oneColumn() throws {
        let found = try table("height\n170\n180\n\n", isStrict: true)
        #expect(found.names == ["height"] && found.columns[0].texts == ["170", "180"])
        let prose = try table("text\nYes, it is\nNo\nPerhaps\nNo, no, no\nNever\n", isStrict: true)
        #expect(prose.rowCount == 5 && prose.columns[0].texts[0] == "Yes, it is")
    }

    @Test("Quotes are doubled within quotes, where lines may break, too")
    func quotes() throws {
        let found = try table("\"a\",\"b\"\n\"1\",\"say \"\"hi\"\"\"\n\"2\",\"two,\nlines\"\n")
        #expect(found.names == ["a", "b"] && found.dialect.quotesAll)
        #expect(found.columns[1].texts == ["say \"hi\"", "two,\nlines"])
        let loose = try table("a,b\n1, \"x \" \n2,5\" pipe\n3,\"y\" z\n4,\"\"\"\"\n")
        #expect(loose.columns[1].texts == ["x ", "5\" pipe", "y z", "\""])
        #expect(!loose.dialect.quotesAll)
    }

    @Test(
        "Lines end with line feeds, carriage returns or both",
        arguments: [("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\n")])
    func lineEndings(ending: String, expected: String) throws {
        let text = ["a,b", "x,1", "", "y,2", "  ", ""].joined(separator: ending)
        let found = try table(text, isStrict: true)
        #expect(found.dialect.lineEnding == expected)
        #expect(rows(found) == [["x", "1"], ["y", "2"]])
    }

    @Test(
        "A table in any encoding is read, and written with the same bytes",
        arguments: [
            TableDialect.Encoding.utf8, .utf8WithMark, .windows1252, .utf16LittleEndian,
            .utf16BigEndian,
        ])
    func encodings(encoding: TableDialect.Encoding) throws {
        let text = "name,€\r\nZoë,1\r\n\"a, b\",2\r\n" + (encoding == .windows1252 ? "" : "😀,3\r\n")
        var dialect = TableDialect(
            separator: .comma, hasHeader: true, lineEnding: "\r\n", encoding: encoding,
            quotesAll: false, spaceAfterSeparator: false)
        let bytes = dialect.mark + dialect.bytes(text)
        let found = try table(bytes)
        #expect(found.dialect == dialect)
        #expect(found.names == ["name", "€"] && found.columns[0].texts[0] == "Zoë")
        #expect(([found.names] + rows(found)).map(dialect.line).joined() == text)
        #expect(found.notes.contains { $0.contains("Windows-1252") } == (encoding == .windows1252))
        dialect.encoding = .windows1252
        #expect(dialect.bytes("€ë😀") == [0x80, 0xeb, 0x3f])
    }

    @Test("Texts that differ in how their accents are written are one")
    func accents() throws {
        let found = try table("n,x\n\u{e9},1\ne\u{301},2\nz,3\n")
        #expect(found.columns[0].texts == ["\u{e9}", "z"] && found.columns[0].codes == [0, 0, 1])
    }

    @Test("Rows without a header, and with spaces after separators, as in the census of 1994")
    func noHeader() throws {
        let row = "39, State-gov, 77516, Bachelors, <=50K"
        let found = try table("\(row)\n50, Private, 83311, Bachelors, >50K\n\n", isStrict: true)
        #expect(found.names == ["column 1", "column 2", "column 3", "column 4", "column 5"])
        #expect(!found.dialect.hasHeader && found.dialect.spaceAfterSeparator)
        #expect(rows(found)[0] == ["39", "State-gov", "77516", "Bachelors", "<=50K"])
        #expect(found.columns[3].codes == [0, 0])
        #expect(found.notes.count == 1 && found.notes[0].contains("line 1 was taken for a row"))
        #expect(found.dialect.line(rows(found)[0]) == row + "\n")
    }

    @Test("A first row keeps its place where its texts occur below")
    func repeatedFirstRow() throws {
        let found = try table("a,x\nb,y\na,y\n")
        #expect(!found.dialect.hasHeader)
        #expect(found.columns.map(\.texts) == [["a", "b"], ["x", "y"]])
        #expect(found.columns.map(\.codes) == [[0, 1, 0], [0, 1, 1]])
    }

    @Test(
        "A first row has names if a column of numbers or dates has a text there",
        arguments: [
            "a,b\nx,1\na,2\n", "a,b\nx,2024-01-31\na,2024-02-29T12:00Z\n", "a,b\nx,?\na,1.5e3\n",
            ",b\n0,1\n1,2\n",
        ])
    func header(text: String) throws {
        let found = try table(text)
        #expect(found.dialect.hasHeader && found.rowCount == 2)
        #expect(!found.notes.contains { $0.contains("taken") })
    }

    @Test("A first row of different texts which do not occur below has names, which is told")
    func headerOfTexts() throws {
        let found = try table("name,town\nEve,Rome\nBob,Rome\n")
        #expect(found.dialect.hasHeader && found.rowCount == 2)
        #expect(found.notes.contains { $0.contains("line 1 was taken for the names") })
        #expect(try !table("Eve,Rome\nBob,Rome\n").dialect.hasHeader)
    }

    @Test("A title above the rows is skipped")
    func title() throws {
        let found = try table(
            "|1x3 Cross validator\n25, Private, a\n38, Private, b\n", isStrict: true)
        #expect(found.rowCount == 2 && found.dialect.separator == .comma)
        #expect(found.notes.contains { $0.contains("line 1 has a single cell") })
    }

    @Test("Ragged lines are passed over and counted, or refused")
    func ragged() throws {
        let text = "a,b\n1,\"x\ny\"\n2\n3,4\n5,6,7\n8,9\n"
        let found = try table(text)
        #expect(rows(found) == [["1", "x\ny"], ["3", "4"], ["8", "9"]])
        #expect(found.notes.contains { $0.contains("2 lines") && $0.contains("first is line 4") })
        #expect(message(text, isStrict: true).contains("line 4: expected 2 cells, found 1"))
    }

    @Test("Names are made different, and none is empty")
    func names() throws {
        let found = try table("age,age,,age (2),age\n1,2,3,4,5\n6,7,8,9,10\n")
        #expect(found.names == ["age", "age (3)", "column 3", "age (2)", "age (4)"])
        #expect(found.notes.contains { $0.contains("3 columns had no name") })
    }

    @Test("What is no table is refused in one line")
    func refusals() {
        #expect(message("").contains("found an empty file"))
        #expect(message("\n \r\n").contains("found only blank lines"))
        #expect(message("name,town\n").contains("expected rows below the names on line 1"))
        #expect(
            message("a,b\n1,2\n\n3,\"4\n5,6\n").contains(
                "line 4: expected a quote at the end of a cell"))
        #expect(message("PAR1\u{15}\u{4}").contains("a Parquet file; convert it to CSV"))
        #expect(message("PK\u{3}\u{4}abc").contains("a spreadsheet or a zip archive"))
        #expect(message([0x1f, 0x8b, 8, 0]).contains("a gzipped file"))
        #expect(message("a,b\n1,\0\n").contains("found a byte of zero"))
        #expect(message([0xef, 0xbb, 0xbf, 0x61, 0xff]).contains("expected UTF-8, as its mark"))
        #expect(message([0xff, 0xfe, 0x61]).contains("expected pairs of bytes"))
        let wide = String(repeating: "1,", count: 10_000) + "1\n"
        #expect(message(wide).contains("expected at most 10000 columns, found 10001"))
        #expect(throws: DataError.self) {
            try DelimitedText(contentsOf: "/nonexistent/t.csv", isStrict: false)
        }
    }

    @Test("Columns can have the names that begin binary files")
    func namesLikeBinaryFiles() throws {
        #expect(try table("PAR1,PK\n1,2\n3,4\n").names == ["PAR1", "PK"])
        #expect(try table("PK,PAR1\n1,2\n3,4\n").names == ["PK", "PAR1"])
    }

    @Test("Any cells that are written are read again")
    func roundTrip() throws {
        let cells = [
            ["a", "b"], ["", "1"], [" x ", "2"], ["\"", "3"], ["\r\n", "4"], ["p;q,r|s\tt", "5"],
            ["\t", "6"], ["\"a\"b", "7"],
        ]
        for separator in TableDialect.Separator.allCases {
            for (quotesAll, hasSpace) in [(false, false), (true, false), (false, true)] {
                let dialect = TableDialect(
                    separator: separator, hasHeader: true, lineEnding: "\r\n", encoding: .utf8,
                    quotesAll: quotesAll, spaceAfterSeparator: hasSpace)
                let found = try table(cells.map(dialect.line).joined(), isStrict: true)
                #expect([found.names] + rows(found) == cells && found.dialect == dialect)
            }
        }
    }

    @Test("Damaged files are read or refused, and never end the program")
    func mutations() {
        let text = "\u{feff}name, \"age\";x\r\n\"E\"\"ve\", 7;1,5\n\nBob|é,\t8\r|a,b,c\n"
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.insert(bytes.randomElement() ?? 0, at: place)
                }
            }
            guard let found = try? table(bytes) else { continue }
            #expect(found.names.count == found.columns.count)
            #expect(Set(found.names).count == found.names.count && !found.names.contains(""))
            for column in found.columns {
                #expect(column.codes.count == found.rowCount)
                #expect(column.codes.allSatisfy { $0 < column.texts.count })
                #expect(Set(column.texts).count == column.texts.count)
            }
        }
    }
}

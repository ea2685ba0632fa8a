import Datasets
import Foundation
import Tensors
import Testing

@Suite("Rows of tables")
struct TableRowsTests {
    private let folder = "\(NSTemporaryDirectory())/swiftgan-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func rows(
        _ text: String, kinds: [String: ColumnKind] = [:], heldOut: Bool = false
    ) throws -> TableRows {
        let path = "\(folder)/table.csv"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try TableRows(
            path: path, kinds: kinds, schemaName: "table.schema.yaml", isHeldOut: heldOut,
            isStrict: false)
    }

    /// 200 rows with a column of each kind.
    private static let people: String = {
        var text = "id,name,age,income,city,joined,country,code\n"
        for row in 0..<200 {
            let age = row % 7 == 0 ? "" : "\(20 + row * 37 % 61)"
            let income = row % 3 == 0 ? "0" : "\(1000 + row * row % 977).5"
            let city = ["Paris", "Lima", "\"Reykjavik, old\""][row % 3]
            let day = row % 28 + 1
            text +=
                "\(row + 1),person \(row * 17),\(age),\(income),\(city),2024-\(day < 10 ? "02" : "01")-\(day < 10 ? "0" : "")\(day),FR,0\(10_000 + row * 7 % 31)\n"
        }
        return text
    }()

    @Test("Each column is understood as what it holds")
    func kinds() throws {
        let found = try rows(Self.people).encoder.columns.map(\.summary.kind)
        #expect(
            found == [
                .identifier, .identifier, .number, .number, .choice, .date, .constant, .choice,
            ])
    }

    @Test("Missing values and values of many rows are choices beside a number")
    func special() throws {
        let form = try rows(Self.people).encoder.form
        // Age may be missing, income is often 0; the date has 28 values.
        #expect(form.description == "m1 m1 c3 n c31")
    }

    @Test("An encoded row gives its own cells again")
    func roundTrip() throws {
        let table = try rows(Self.people)
        let lines = Self.people.split(separator: "\n").dropFirst()
        let training = lines.enumerated().filter { $0.offset % 10 != 9 }.map(\.element)
        let batch = try table.examples(0..<table.count)
        #expect(table.count == training.count)
        let width = table.encoder.form.width
        let numbers = batch.values.scalars
        for (row, line) in training.enumerated() {
            let cells = numbers.withUnsafeBufferPointer { numbers in
                numbers.baseAddress.map {
                    table.encoder.cells($0 + row * width, number: row)
                } ?? []
            }
            let written = table.encoder.dialect.line(cells)
            // What is not learned is numbered.
            let own = line.split(separator: ",", omittingEmptySubsequences: false).dropFirst(2)
            #expect(written == "\(row + 1),\(row + 1),\(own.joined(separator: ","))\n")
        }
    }

    @Test("Numbers are their shares of the data, so that each tenth of -1...1 has a tenth of them")
    func shares() throws {
        var text = "x,y\n"
        for row in 0..<2_000 { text += "\(row * row % 1_999),\(row * 7 % 1_000 + 5_000)\n" }
        let table = try rows(text)
        let values = try table.examples(0..<table.count).values.scalars
        for column in 0..<2 {
            var tenths = Array(repeating: 0, count: 10)
            for row in 0..<table.count {
                tenths[min(9, Int((values[2 * row + column] + 1) * 5))] += 1
            }
            #expect(tenths.allSatisfy { (150...210).contains($0) }, "\(tenths)")
        }
    }

    @Test("Every tenth row is held out, and encoded as training rows are")
    func heldOut() throws {
        let training = try rows(Self.people)
        let heldOut = try rows(Self.people, heldOut: true)
        #expect(training.count == 180 && heldOut.count == 20)
        #expect(training.fields == heldOut.fields && training.manifest != heldOut.manifest)
        #expect(training.manifest == (try rows(Self.people)).manifest)
    }

    @Test(
        "A folder has its held-out rows in a file of their own; rows with unknown texts are passed over"
    )
    func folderOfTwo() throws {
        try Self.people.write(
            toFile: "\(folder)/train.csv", atomically: true, encoding: .utf8)
        try """
        id,name,age,income,city,joined,country,code
        1,a,33,0,Paris,2024-01-15,FR,010003
        2,b,33,0,Atlantis,2024-01-15,FR,010003
        3,c,,12.5,Lima,2024-01-16,FR,010004
        """.write(toFile: "\(folder)/test.csv", atomically: true, encoding: .utf8)
        let heldOut = try TableRows(
            path: folder, kinds: [:], schemaName: "schema.yaml", isHeldOut: true, isStrict: false)
        #expect(heldOut.count == 2)
        #expect(heldOut.notes.contains { $0.contains("1 held-out row passed over") })
    }

    @Test("A schema decides what a column is")
    func schema() throws {
        let table = try rows(Self.people, kinds: ["age": .choice, "code": .identifier])
        let found = table.encoder.columns.map(\.summary.kind)
        #expect(found[2] == .choice && found[7] == .identifier)
        let text = table.encoder.schema(name: "table.schema.yaml")
        #expect(text.contains("\"age\": choice"))
    }

    @Test("A schema that does not fit is refused, with what was found")
    func misfits() throws {
        #expect(throws: DataError.self) { try rows(Self.people, kinds: ["city": .number]) }
        #expect(throws: DataError.self) { try rows(Self.people, kinds: ["town": .choice]) }
    }

    @Test("The encoder is read as it was written, and anything else is refused")
    func encoder() throws {
        let encoder = try rows(Self.people).encoder
        let again = try TableEncoder(json: encoder.json, source: "encoder.json")
        #expect(again.json == encoder.json)
        #expect(throws: DataError.self) {
            try TableEncoder(json: Data("{}".utf8), source: "encoder.json")
        }
    }

    @Test("A column that follows from another is not learned, and always agrees with it")
    func following() throws {
        var text = "city,x,country,continent\n"
        let places = [
            ("Paris", "France"), ("Lyon", "France"), ("Lima", "Peru"), ("Oslo", "Norway"),
        ]
        for row in 0..<400 {
            let (city, country) = places[row % 4]
            text += "\(city),\(row * 31 % 397),\(country),\(country == "Peru" ? "A" : "E")\n"
        }
        let table = try rows(text)
        #expect(table.encoder.form.description == "c4 n")
        for place in 0..<4 {
            var row: [Float] = [0, 0, 0, 0, 0]
            row[place] = 1
            let cells = table.encoder.cells(row, number: 0)
            #expect(places.contains { $0.0 == cells[0] && $0.1 == cells[2] }, "\(cells)")
            #expect((cells[2] == "Peru") == (cells[3] == "A"))
        }
    }

    @Test("More texts than have places share one, and each comes as often as in the data")
    func rare() throws {
        var text = "x,word\n"
        for row in 0..<3_000 { text += "\(row * 31 % 997),w\(row < 1_500 ? row % 10 : row / 2)\n" }
        let table = try rows(text)
        #expect(table.encoder.form.spans.last == .choice(500))
        var row = Array(repeating: Float(0), count: table.encoder.form.width)
        row[row.count - 1] = 1
        func word(_ x: Int, number: Int) -> String {
            row[0] = Float(x) / 200
            return table.encoder.cells(row, number: number)[1]
        }
        // It follows from the row, and not from where that is written.
        #expect(word(7, number: 0) == word(7, number: 90))
        let words = Set((0..<200).map { word($0, number: 0) })
        #expect(words.count > 50)
    }

    @Test("Numbers as large as there are any are read and written")
    func huge() throws {
        var text = "x,y\n"
        for row in 0..<3_000 {
            let sign = row % 2 == 0 ? "-" : ""
            text += "\(sign)1.\(1_000 + row * 7 % 6_997)e308,\(row * 3 % 2_999)\n"
        }
        let table = try rows(text)
        let values = try table.examples(0..<table.count).values.scalars
        #expect(values.allSatisfy { (-1...1).contains($0) })
        for share in [Float(-1), -0.001, 0, 0.37, 1] {
            let cells = table.encoder.cells([share, share], number: 0)
            #expect(Double(cells[0])?.isFinite == true, "\(cells)")
        }
    }

    @Test("Columns of held-out rows are found by their names")
    func otherOrder() throws {
        var (training, other) = ("a,b\n", "b,a\n")
        for row in 0..<200 { training += "\(row * 37 % 199),\(["x", "y"][row / 3 % 2])\n" }
        for row in 0..<30 { other += "\(["x", "y"][row % 2]),\(row * 5)\n" }
        try training.write(toFile: "\(folder)/train.csv", atomically: true, encoding: .utf8)
        func heldOut(_ text: String) throws -> TableRows {
            try text.write(toFile: "\(folder)/test.csv", atomically: true, encoding: .utf8)
            return try TableRows(
                path: folder, kinds: [:], schemaName: "schema.yaml", isHeldOut: true,
                isStrict: false)
        }
        #expect(try heldOut(other).count == 30)
        #expect(throws: DataError.self) { try heldOut("b,c\n" + other.dropFirst(4)) }
    }

    @Test("Ratings are numbers where the schema says so, however many rows have each")
    func ratings() throws {
        var text = "stars,x\n"
        for row in 0..<200 { text += "\(row * 7 % 5 + 1),\(row * 31 % 197)\n" }
        #expect(try rows(text, kinds: ["stars": .number]).encoder.form.description == "n n")
    }

    @Test("The form of a row is a text, and other texts are no form")
    func form() {
        let form = RowForm([.number, .choice(9), .mixed(special: 2)])
        #expect(RowForm(form.description) == form && form.width == 14)
        for text in ["", "n1", "c", "c1", "m0", "c-3", "x4", "c99999999999999999999", "c100001"] {
            #expect(RowForm(text) == nil, "\(text)")
        }
    }
}

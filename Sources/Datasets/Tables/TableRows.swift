internal import Foundation
internal import Hashing
internal import Platform
internal import Tensors

/// The rows of a table in a file of separated values, encoded.
///
/// Every tenth row is held out; in a folder with `train.csv` and `test.csv` (or `.tsv`, `.txt`, `.data`), the second is.
public struct TableRows: Dataset {
    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    public let notes: [String]
    /// How rows are encoded, which follows from the training rows alone.
    public let encoder: TableEncoder
    private let schema: String
    private let form: RowForm
    /// For each row and learned column, the place that is chosen.
    private let choices: [UInt32]
    /// For each row and learned column, the number in -1...1.
    private let numbers: [Float]

    /// The name of the field of rows.
    public static let field = "row"

    /// Reads a table.
    ///
    /// - Parameters:
    ///   - path: The file, or a folder of two.
    ///   - kinds: What columns are said to be, by their names.
    ///   - schemaName: What a file with those kinds is called.
    ///   - isHeldOut: Whether held-out rows are wanted, and not those that are trained on.
    ///   - isStrict: Whether ragged rows are refused, and not passed over.
    /// - Throws: ``DataError``.
    public init(
        path: String, kinds: [String: ColumnKind], schemaName: String, isHeldOut: Bool,
        isStrict: Bool
    ) throws {
        let (training, heldOut) = try Self.files(path)
        let table = try DelimitedText(contentsOf: training, isStrict: isStrict)
        let other = try heldOut.map { try DelimitedText(contentsOf: $0, isStrict: isStrict) }
        for name in kinds.keys.sorted() where !table.names.contains(name) {
            throw DataError(
                "\(schemaName): expected names of columns of \(training), found '\(shown(name))'")
        }
        var otherColumns: [TextColumn] = []
        if let other, let heldOut {
            otherColumns = try table.names.map { name in
                guard let place = other.names.firstIndex(of: name) else {
                    throw DataError(
                        "\(heldOut): expected the columns of \(training), found none called '\(shown(name))'"
                    )
                }
                return other.columns[place]
            }
        }
        let isTraining: (Int) -> Bool = { other != nil || $0 % 10 != 9 }
        let rows = (0..<table.rowCount).filter(isTraining)
        guard rows.count >= 20 else {
            throw DataError(
                "\(training): expected at least 20 rows to train on, found \(rows.count)")
        }
        let texts = table.columns.map { column in
            TextColumn(texts: column.texts, codes: rows.map { column.codes[$0] })
        }
        var columns = try table.names.indices.map { index in
            try ColumnEncoder(
                texts[index], name: table.names[index], kind: kinds[table.names[index]],
                source: "\(training): column '\(shown(table.names[index]))'")
        }
        columns.lookUpFollowing(texts) { kinds[$0] == nil }
        guard columns.contains(where: { $0.span != nil }) else {
            throw DataError(
                "\(training): expected a column to learn, found only constants and identifiers; \(schemaName) can say that they are choices or numbers"
            )
        }
        encoder = TableEncoder(dialect: table.dialect, columns: columns)
        schema = encoder.schema(name: schemaName)
        form = encoder.form
        guard form.description.utf8.count <= RowForm.longestDescription else {
            throw DataError(
                "\(training): expected some thousand columns at most, found \(form.spans.count) to learn"
            )
        }
        guard form.width <= RowForm.widest else {
            throw DataError(
                "\(training): expected rows of at most \(RowForm.widest) numbers once choices are encoded, found \(form.width)"
            )
        }
        fields = [Field(Self.field, [form.width], .row(form))]

        let part: (columns: [TextColumn], rows: [Int], notes: [String]) =
            if !isHeldOut {
                (table.columns, rows, table.notes)
            } else if let other {
                (otherColumns, Array(0..<other.rowCount), other.notes)
            } else {
                (table.columns, (0..<table.rowCount).filter { !isTraining($0) }, table.notes)
            }
        let coded = Self.encode(part.columns, part.rows, encoder, from: isHeldOut ? 1 : 0)
        choices = coded.choices
        numbers = coded.numbers
        count = choices.count / max(1, form.spans.count)
        var notes = part.notes
        if coded.unknown > 0 {
            notes.append(
                "\(counted(coded.unknown, "held-out row")) passed over, since training rows have no such texts"
            )
        }
        self.notes = notes + (isHeldOut ? [] : encoder.columns.map(\.note))
        var hash = SHA256()
        hash.update("table\n")
        encoder.json.withUnsafeBytes { hash.update($0) }
        choices.withUnsafeBytes { hash.update($0) }
        numbers.withUnsafeBytes { hash.update($0) }
        manifest = DataManifest(count: count, digest: hash.finish())
    }

    /// What a file is called, beside a table or in its folder, that says what columns are: `customers.schema.yaml` for
    /// `customers.csv`, and `schema.yaml` in a folder.
    public static func schemaName(of path: String) -> String {
        isFolder(path)
            ? "\(path)/schema.yaml"
            : "\((path as NSString).deletingPathExtension).schema.yaml"
    }

    /// The file of training rows, and the file of held-out ones, where a folder has one.
    private static func files(_ path: String) throws -> (training: String, heldOut: String?) {
        guard isFolder(path) else { return (path, nil) }
        func file(_ stem: String) throws -> String {
            for ending in ["csv", "tsv", "txt", "data"] {
                let file = "\(path)/\(stem).\(ending)"
                if FileManager.default.fileExists(atPath: file) { return file }
            }
            throw DataError(
                "\(path): expected a file, or a folder that has train.csv and test.csv, found a folder without \(stem).csv"
            )
        }
        return (try file("train"), try file("test"))
    }

    /// The places and numbers of some rows, and how many rows have a text that the encoder does not know.
    private static func encode(
        _ columns: [TextColumn], _ rows: [Int], _ encoder: TableEncoder, from part: Int
    ) -> (choices: [UInt32], numbers: [Float], unknown: Int) {
        let learned = encoder.learned
        // What each distinct text of a column stands for.
        let cells = learned.map { encoder.columns[$0].cells(columns[$0].texts) }
        let random = RandomSource(seed: 0)
        var choices: [UInt32] = []
        var numbers: [Float] = []
        var unknown = 0
        choices.reserveCapacity(rows.count * learned.count)
        numbers.reserveCapacity(rows.count * learned.count)
        for row in rows {
            let found = zip(learned, cells).map { column, cells in
                cells[Int(columns[column].codes[row])]
            }
            guard found.allSatisfy({ $0 != nil }) else {
                unknown += 1
                continue
            }
            // Equal numbers are spread over the shares that they cover, each by its row.
            let spread = random.uniform(
                learned.count, at: .init(.data, network: part, position: row))
            for (cell, spread) in zip(found.compactMap(\.self), spread) {
                choices.append(cell.choice)
                let width = cell.shares.upperBound - cell.shares.lowerBound
                let share = cell.shares.lowerBound + Double(spread) * width
                numbers.append(cell.isNumber ? Float(2 * share - 1) : 0)
            }
        }
        return (choices, numbers, unknown)
    }

    public var decidedSettings: [String: String] { ["row": form.description] }

    public var companions: [String: [UInt8]] {
        [TableEncoder.file: Array(encoder.json), "schema.yaml": Array(schema.utf8)]
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && index < count && arrays.count == 1)
        let row = arrays[0]
        row.update(repeating: 0, count: form.width)
        let first = index * form.spans.count
        for (column, span) in form.spans.enumerated() {
            let place = row + form.starts[column]
            if span.choices > 0 { place[Int(choices[first + column])] = 1 }
            if span.hasNumber { place[span.width - 1] = numbers[first + column] }
        }
    }
}

extension ColumnEncoder {
    /// What a text stands for.
    fileprivate struct Cell {
        let choice: UInt32
        let isNumber: Bool
        let shares: ClosedRange<Double>
    }

    /// What each of some texts stands for; nil for those that training rows do not have.
    fileprivate func cells(_ texts: [String]) -> [Cell?] {
        switch content {
        case .constant, .identifier, .following: return texts.map { _ in nil }
        case .choice(let choices):
            var places: [String: UInt32] = [:]
            for (place, option) in choices.options.enumerated() {
                places[option.text] = UInt32(place)
            }
            for option in choices.rare { places[option.text] = UInt32(choices.options.count) }
            // A text that training rows do not have is a rare one, too.
            let rare = choices.rare.isEmpty ? nil : UInt32(choices.options.count)
            return texts.map { text in
                (places[text] ?? rare).map { Cell(choice: $0, isNumber: false, shares: 0...0) }
            }
        case .number(let numbers):
            var places: [String: UInt32] = [:]
            for (place, option) in numbers.special.enumerated() {
                places[option.text] = UInt32(place)
            }
            return texts.map { text in
                if let place = places[text] {
                    return Cell(choice: place, isNumber: false, shares: 0...0)
                }
                return numbers.format.number(text).map {
                    Cell(
                        choice: UInt32(numbers.special.count), isNumber: true,
                        shares: numbers.quantiles.shares(of: $0))
                }
            }
        }
    }

    /// How it was understood, in one line.
    fileprivate var note: String {
        let (kind, details) = summary
        return "column '\(shown(name))': \(kind.rawValue), \(details)"
    }
}

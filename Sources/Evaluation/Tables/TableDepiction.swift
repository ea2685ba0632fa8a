public import Datasets
internal import Foundation
internal import Platform
public import Tensors

/// Samples as the rows of a file of separated values, in the dialect and the formats of the data.
public struct TableDepiction: Depiction {
    public init() {}

    public func shows(_ shape: Shape) -> Bool { shape.rank == 1 }

    public var formats: [SampleFormat] {
        [
            SampleFormat(
                endings: ["csv", "tsv", "txt"],
                together: { _, path, files in try TableFile(path, TableEncoder(files)) },
                alone: nil)
        ]
    }

    public func selection(_ conditions: [String], _ files: RunFiles) throws -> SampleSelection {
        let encoder = try TableEncoder(files)
        let wanted = try conditions.map { try CellCondition($0, on: encoder) }
        return { samples in
            let width = encoder.form.width
            let rows = samples.scalars
            return rows.withUnsafeBufferPointer { rows in
                guard let start = rows.baseAddress else { return [] }
                return (0..<samples.shape[0]).filter { row in
                    let cells = encoder.cells(start + row * width, number: row)
                    return wanted.allSatisfy { $0.holds(cells) }
                }
            }
        }
    }
}

extension Depiction where Self == TableDepiction {
    /// Rows of a table.
    public static var table: Self { TableDepiction() }
}

extension TableEncoder {
    /// The one beside a run.
    ///
    /// - Throws: ``EvaluationError`` or ``/Datasets/DataError`` where it is missing or damaged.
    public init(_ files: RunFiles) throws {
        try self.init(
            json: try files.content(of: Self.file), source: "\(files.source)/\(Self.file)")
    }
}

/// A file of rows, written as they come.
private final class TableFile: SampleFile {
    private static let bufferSize = 1 << 16
    private let encoder: TableEncoder
    private let dialect: TableDialect
    private let path: String
    private let file: UnfinishedFile
    private let descriptor: Int32
    private var buffer: [UInt8]
    private var rows = 0

    init(_ path: String, _ encoder: TableEncoder) throws {
        self.encoder = encoder
        self.path = path
        var dialect = encoder.dialect
        if path.hasSuffix(".tsv") { dialect.separator = .tab }
        self.dialect = dialect
        file = UnfinishedFile(path)
        descriptor = file.create()
        buffer = dialect.mark
        guard descriptor >= 0 else { throw refusal() }
        if dialect.hasHeader { try write(encoder.columns.map(\.name)) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func add(_ samples: NDArray, beside others: [NDArray]) throws {
        let width = encoder.form.width
        let numbers = samples.scalars
        for start in stride(from: 0, to: numbers.count, by: width) {
            let cells = numbers.withUnsafeBufferPointer { numbers in
                numbers.baseAddress.map { encoder.cells($0 + start, number: rows) } ?? []
            }
            try write(cells)
            rows += 1
        }
    }

    func finish() throws {
        try flush()
        guard file.finish() else { throw refusal() }
    }

    private func write(_ cells: [String]) throws {
        buffer += dialect.bytes(dialect.line(cells))
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func flush() throws {
        guard buffer.withUnsafeBytes({ writeAll($0, to: descriptor) }) else { throw refusal() }
        buffer.removeAll(keepingCapacity: true)
    }

    private func refusal() -> EvaluationError {
        let reason = String(cString: strerror(errno))
        return EvaluationError("\(path): expected a file that can be written, found: \(reason)")
    }
}

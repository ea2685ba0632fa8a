/// A file of bytes in LeCun's IDX format, gzipped or not.
struct IDXFile {
    enum Kind: Int {
        case labels = 0x801
        case images = 0x803

        var rank: Int { self == .labels ? 1 : 3 }
    }

    /// The most bytes that a file's pixels or labels may take: twice those of the largest such set (EMNIST).
    static let largest = 1 << 30

    let extents: [Int]
    let content: [UInt8]

    /// - Throws: ``DataError`` if the file is missing, foreign, too large, or does not have the length that its header
    ///   says.
    init(path: String, kind: Kind) throws {
        var file = try InflatedFile(path: path)
        let size = 4 + 4 * kind.rank
        let header = try file.read(size)
        guard header.count == size else {
            throw DataError(
                "\(path): expected an IDX header of \(size) bytes, found \(header.count) bytes")
        }
        let numbers = (0...kind.rank).map { word in
            header[(word * 4)..<(word * 4 + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard numbers[0] == kind.rawValue else {
            throw DataError(
                "\(path): expected IDX \(kind) (first four bytes \(hexadecimal(kind.rawValue))), found \(hexadecimal(numbers[0]))"
            )
        }
        extents = Array(numbers.dropFirst())
        let sizes = extents.map { String($0) }.joined(separator: " x ")
        guard let elements = Self.product(extents), elements <= Self.largest else {
            throw DataError(
                "\(path): expected at most \(Self.largest) bytes of \(kind), found \(sizes)")
        }
        content = try file.read(elements)
        let hasMore = try !file.read(1).isEmpty
        guard content.count == elements, !hasMore else {
            throw DataError(
                "\(path): expected \(size + elements) bytes for \(kind) of \(sizes), found \(hasMore ? "more" : String(size + content.count)); the file is damaged or cut short"
            )
        }
    }

    /// The product; nil if it does not fit a number.
    private static func product(_ extents: [Int]) -> Int? {
        extents.reduce(1) { product, extent in
            product.flatMap { product in
                let (value, overflow) = product.multipliedReportingOverflow(by: extent)
                return overflow ? nil : value
            }
        }
    }
}

private func hexadecimal(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}

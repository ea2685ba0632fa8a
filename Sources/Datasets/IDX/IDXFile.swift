internal import CZlib

/// A file in LeCun's IDX format, gzipped or not, of bytes.
struct IDXFile {
    enum Kind: Int {
        case labels = 0x801
        case images = 0x803

        var rank: Int { self == .labels ? 1 : 3 }
    }

    let extents: [Int]
    let content: [UInt8]

    /// - Throws: ``DataError`` for a file that is missing, foreign, or shorter than its header says.
    init(path: String, kind: Kind) throws {
        let whole = try inflated(path)
        let header = 4 + 4 * kind.rank
        guard whole.count >= header else {
            throw DataError(
                "\(path): expected an IDX header of \(header) bytes, found \(whole.count) bytes")
        }
        let numbers = (0...kind.rank).map { word in
            whole[(word * 4)..<(word * 4 + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard numbers[0] == kind.rawValue else {
            throw DataError(
                "\(path): expected IDX \(kind) (first four bytes \(hexadecimal(kind.rawValue))), found \(hexadecimal(numbers[0]))"
            )
        }
        extents = Array(numbers.dropFirst())
        let sizes = extents.map { String($0) }.joined(separator: " x ")
        let (elements, overflow) = extents.reduce((1, false)) { product, extent in
            let (value, overflow) = product.0.multipliedReportingOverflow(by: extent)
            return (value, product.1 || overflow)
        }
        let expected = overflow || elements > 1 << 40 ? "fewer" : String(header + elements)
        guard !overflow, whole.count - header == elements else {
            throw DataError(
                "\(path): expected \(expected) bytes for \(kind) of \(sizes), found \(whole.count); the file is damaged or cut short"
            )
        }
        content = Array(whole[header...])
    }
}

/// A file's content, inflated if it is gzipped.
func inflated(_ path: String) throws -> [UInt8] {
    guard let file = gzopen(path, "rb") else {
        throw DataError("\(path): expected a readable file, found none")
    }
    defer { gzclose(file) }
    gzbuffer(file, 1 << 18)
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let read = gzread(file, &piece, UInt32(piece.count))
        if read > 0 {
            content += piece.prefix(Int(read))
            continue
        }
        var code: Int32 = 0
        let reason = gzerror(file, &code).map { String(cString: $0) } ?? ""
        guard read == 0, code == Z_OK || code == Z_STREAM_END else {
            throw DataError(
                "\(path): expected a whole gzip stream, found an error after \(content.count) bytes (\(reason)); the file is damaged or cut short"
            )
        }
        return content
    }
}

private func hexadecimal(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}

internal import Foundation
public import Tensors

/// The safetensors format: a JSON header that says where each tensor lies, then their bytes, little-endian.
public enum Safetensors {
    /// The most bytes of a header that is read: ten thousand tensors, a hundred times what our networks have.
    public static let largestHeader = 1 << 20
    /// The most bytes of a name, or of a word of metadata.
    private static let longestWord = 256

    /// A tensor of floats over memory that its creator keeps.
    public struct Entry {
        public let name: String
        public let shape: Shape
        public let bytes: UnsafeRawBufferPointer

        public init(name: String, shape: Shape, bytes: UnsafeRawBufferPointer) {
            precondition(bytes.count == shape.elementCount * MemoryLayout<Float>.stride)
            self.name = name
            self.shape = shape
            self.bytes = bytes
        }
    }

    /// The bytes that stand before those of `entries`, which follow one after another.
    ///
    /// Names and metadata must be plain words.
    public static func header(_ entries: [Entry], metadata: [(String, String)]) -> [UInt8] {
        let words = metadata.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
        var parts = ["\"__metadata__\":{\(words)}"]
        var offset = 0
        for entry in entries {
            let end = offset + entry.bytes.count
            let extents = entry.shape.map(String.init).joined(separator: ",")
            parts.append(
                "\"\(entry.name)\":{\"dtype\":\"F32\",\"shape\":[\(extents)],\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        var text = Array("{\(parts.joined(separator: ","))}".utf8)
        text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
    }

    /// The tensors and metadata of a whole file's bytes.
    ///
    /// Tensors of other types than 32-bit floats are refused.
    public static func parse(_ file: UnsafeRawBufferPointer) throws -> (
        entries: [Entry], metadata: [String: String]
    ) {
        guard file.count >= 8 else {
            throw SafetensorsError("expected a safetensors header, found \(file.count) bytes")
        }
        let size = (0..<8).reduce(UInt64(0)) { $0 | UInt64(file[$1]) << (8 * UInt64($1)) }
        guard size <= largestHeader else {
            throw SafetensorsError(
                "expected a safetensors header of at most \(largestHeader) bytes, found none; the file is damaged or no safetensors file"
            )
        }
        guard size <= UInt64(file.count - 8) else {
            throw SafetensorsError(
                "expected a header of \(size) bytes, found a file of \(file.count)")
        }
        let start = 8 + Int(size)
        let json = Data(file[8..<start])
        guard let header = try? JSONDecoder().decode([String: HeaderValue].self, from: json) else {
            throw SafetensorsError("expected a JSON header, found something else")
        }
        var metadata: [String: String] = [:]
        var entries: [(start: Int, entry: Entry)] = []
        for (name, value) in header {
            try checkWord(name)
            switch value {
            case .metadata(let words):
                for (name, word) in words { try [name, word].forEach(checkWord) }
                metadata = words
            case .tensor(let tensor):
                let (from, to) = try tensor.range(of: name, within: file.count - start)
                let bytes = UnsafeRawBufferPointer(rebasing: file[(start + from)..<(start + to)])
                entries.append((from, Entry(name: name, shape: Shape(tensor.shape), bytes: bytes)))
            }
        }
        return (entries.sorted { $0.start < $1.start }.map(\.entry), metadata)
    }

    /// Words appear in errors, and an error is one line.
    private static func checkWord(_ word: String) throws {
        guard word.utf8.count <= longestWord, word.utf8.allSatisfy({ $0 >= 32 && $0 != 127 })
        else {
            throw SafetensorsError(
                "expected names and metadata of at most \(longestWord) printable bytes, found \(word.utf8.count)"
            )
        }
    }

    private enum HeaderValue: Decodable {
        case metadata([String: String])
        case tensor(TensorHeader)

        init(from decoder: any Decoder) throws {
            if let tensor = try? TensorHeader(from: decoder) {
                self = .tensor(tensor)
            } else {
                self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
            }
        }
    }

    private struct TensorHeader: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }

        func range(of name: String, within available: Int) throws -> (Int, Int) {
            guard dtype == "F32" else {
                throw SafetensorsError("\(name): expected F32, found \(dtype.prefix(8))")
            }
            guard shape.count <= 8, shape.allSatisfy({ $0 >= 0 && $0 < 1 << 31 }),
                offsets.count == 2
            else {
                throw SafetensorsError(
                    "\(name): expected a shape of at most 8 extents and two offsets, found \(shape.count) and \(offsets.count), or numbers out of range"
                )
            }
            let (from, to) = (offsets[0], offsets[1])
            let expected = shape.reduce(4.0) { $0 * Double($1) }
            // Extents beside a zero may still be too many to multiply.
            guard shape.reduce(4.0, { $0 * Double(max(1, $1)) }) < 0x1p62 else {
                throw SafetensorsError("\(name): expected a shape that fits memory, found \(shape)")
            }
            guard from >= 0, from <= to, to <= available, Double(to - from) == expected else {
                throw SafetensorsError(
                    "\(name): expected \(Int(expected)) bytes, found offsets \(from) to \(to) of \(available)"
                )
            }
            return (from, to)
        }
    }
}

/// A file that does not match its header.
public struct SafetensorsError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

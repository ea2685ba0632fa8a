import NeuralNetworks
import Tensors
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
    private let numbers: [Float] = [1, 2, 3, 4, 5, 6, -7]

    private func file() -> [UInt8] {
        numbers.withUnsafeBytes { bytes in
            let entries = [
                Safetensors.Entry(
                    name: "a.weight", shape: [2, 3], bytes: .init(rebasing: bytes[0..<24])),
                Safetensors.Entry(name: "b", shape: [], bytes: .init(rebasing: bytes[24..<28])),
            ]
            return Safetensors.header(entries, metadata: [("step", "12")]) + Array(bytes)
        }
    }

    private func parse(_ file: [UInt8]) throws -> (
        names: [String], values: [[Float]], step: String?
    ) {
        try file.withUnsafeBytes { bytes in
            let (entries, metadata) = try Safetensors.parse(bytes)
            let values = entries.map { entry in
                (0..<(entry.bytes.count / 4)).map {
                    entry.bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self)
                }
            }
            return (entries.map(\.name), values, metadata["step"])
        }
    }

    @Test("What is written is read again")
    func roundTrip() throws {
        let (names, values, step) = try parse(file())
        #expect(names == ["a.weight", "b"])
        #expect(values == [[1, 2, 3, 4, 5, 6], [-7]])
        #expect(step == "12")
    }

    @Test("The header is as long as it says, a multiple of eight")
    func alignment() {
        let file = file()
        let size = (0..<8).reduce(0) { $0 | Int(file[$1]) << (8 * $1) }
        #expect(size % 8 == 0 && file.count == 8 + size + numbers.count * 4)
    }

    @Test("A file cut short anywhere is refused, or whole without what was cut")
    func truncated() {
        let file = file()
        for length in 0..<(file.count - 1) {
            #expect(throws: (any Error).self) { try parse(Array(file[..<length])) }
        }
    }

    @Test("A header of megabytes, and names that are no line of text, are refused")
    func absurd() {
        func message(_ header: String, length: UInt64? = nil) -> String {
            let size = length ?? UInt64(header.utf8.count)
            let length = (0..<8).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }
            do {
                _ = try parse(length + Array(header.utf8))
                return ""
            } catch { return "\(error)" }
        }
        let tooLong =
            "expected a safetensors header of at most 1048576 bytes, found none; the file is damaged or no safetensors file"
        #expect(message("{}" + String(repeating: " ", count: 1 << 20)) == tooLong)
        #expect(message("{}", length: .max - 4_000) == tooLong)
        #expect(message("{}", length: 3) == "expected a header of 3 bytes, found a file of 10")
        #expect(
            message("{\"a\\nb\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}")
                .contains(
                    "expected names and metadata of at most 256 printable bytes, found 3"))
        #expect(
            message("{\"__metadata__\":{\"a\":\"\(String(repeating: "b", count: 257))\"}}")
                .contains(
                    "found 257"))
        let shape = Array(repeating: "1", count: 5_000).joined(separator: ",")
        #expect(
            message("{\"a\":{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[0,4]}}")
                .contains(
                    "expected a shape of at most 8 extents and two offsets, found 5000 and 2"))
    }

    @Test("Damaged headers are refused or read, and never crash")
    func damaged() {
        let file = file()
        let random = RandomSource(seed: 1)
        for trial in 0..<2_000 {
            var broken = file
            let draws = random.words(UInt32(trial), at: .init(.data))
            broken[Int(draws[0]) % (file.count - 28)] = UInt8(truncatingIfNeeded: draws[1])
            broken[Int(draws[2]) % (file.count - 28)] = UInt8(truncatingIfNeeded: draws[3])
            _ = try? parse(broken)
        }
    }
}

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

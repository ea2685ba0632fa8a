import Testing
import Wire

@Suite("Checksums")
struct ChecksumTests {
    @Test("CRC-32C gives the value that RFC 3720 publishes")
    func knownAnswer() {
        let digits = Array("123456789".utf8)
        #expect(digits.withUnsafeBytes { crc32c($0) } == 0xE306_9283)
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(zeros.withUnsafeBytes { crc32c($0) } == 0x8A91_36AA)
    }

    @Test(
        "Long runs are what a bit-by-bit division gives",
        arguments: [0, 1, 7, 8, 4095, 12_287, 12_288, 12_289, 40_000])
    func long(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var expected: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            expected ^= UInt32(byte)
            for _ in 0..<8 { expected = expected >> 1 ^ (expected & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        #expect(bytes.withUnsafeBytes { crc32c($0) } == ~expected)
    }
}

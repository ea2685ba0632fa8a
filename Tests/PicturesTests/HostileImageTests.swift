import Pictures
import Testing

@Suite("Images that claim more than they hold")
struct HostileImageTests {
    private func decoded(_ bytes: [UInt8], largest: Int = RGBImage.largest) -> RGBImage? {
        bytes.withUnsafeBytes { bytes in try? RGBImage(decoding: bytes) { $0 <= largest } }
    }

    /// A PNG of one grey pixel, whose header says otherwise; the checksum of the header is given.
    private func png(_ width: [UInt8], _ height: [UInt8], checksum: [UInt8]) -> [UInt8] {
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] + Array("IHDR".utf8) + width
            + height + [8, 0, 0, 0, 0] + checksum + [0, 0, 0, 10] + Array("IDAT".utf8)
            + [0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0]
            + Array("IEND".utf8) + [0xae, 0x42, 0x60, 0x82]
    }

    @Test("A PNG is read as it is, and refused where it has more pixels than are wanted")
    func pixels() {
        let image = png([0, 0, 0, 1], [0, 0, 0, 1], checksum: [0x3a, 0x7e, 0x9b, 0x55])
        #expect(decoded(image)?.square(side: 1) == [0, 0, 0])
        #expect(decoded(image, largest: 0) == nil)
    }

    @Test("A PNG of 2^26 pixels that are not there is refused")
    func emptyClaim() {
        #expect(
            decoded(png([0, 0, 0x20, 0], [0, 0, 0x20, 0], checksum: [0x57, 0xc1, 0x95, 0x85]))
                == nil)
    }
}

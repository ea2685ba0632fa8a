import Foundation
import Pictures
import Testing

/// Expected values are those of Pictures/make.py, by hand or as Pillow reads them.
@Suite("Pictures as people have them")
struct PictureFileTests {
    private static func decoded(_ content: Data) throws -> RGBImage {
        try content.withUnsafeBytes { try RGBImage(decoding: $0) }
    }

    /// The colours of a square picture's `side` x `side` places, row by row.
    private static func colours(_ image: RGBImage, side: Int) -> [[Int]] {
        let square = image.square(side: side)
        let size = side * side
        return (0..<size).map { place in (0..<3).map { Int(square[$0 * size + place]) } }
    }

    private static func problem(_ content: Data) throws -> UnreadPicture? {
        do {
            _ = try decoded(content)
            return nil
        } catch let problem as UnreadPicture { return problem }
    }

    private static let (a, b, c, d) = (
        [250, 10, 20], [30, 240, 40], [50, 60, 230], [200, 200, 0]
    )
    private static let (e, f, g, h) = ([0, 180, 190], [90, 90, 90], [140, 0, 160], [20, 30, 40])

    /// The middle of a picture whose rows of blocks are a b c d and e f g h, by its tag.
    private static let turned = [
        [b, c, f, g], [c, b, g, f], [g, f, c, b], [f, g, b, c],
        [b, f, c, g], [f, b, g, c], [g, c, f, b], [c, g, b, f],
    ]
    /// The same of single pixels, a b c and d e f: of the surplus one, the half is none.
    private static let oddTurned = [
        [a, b, d, e], [c, b, f, e], [f, e, c, b], [d, e, a, b],
        [a, d, b, e], [d, a, e, b], [f, c, e, b], [c, f, b, e],
    ]

    @Test(
        "A picture is turned as its EXIF tag says, before it is cut to a square", arguments: 1...8)
    func orientation(_ number: Int) throws {
        let jpeg = try Self.decoded(try content("orientation-\(number).jpg"))
        // JPEG keeps these colours to one step.
        for (found, expected) in zip(Self.colours(jpeg, side: 2), Self.turned[number - 1]) {
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1 }, "\(found) \(expected)")
        }
        let png = try Self.decoded(try content("odd-\(number).png"))
        #expect(Self.colours(png, side: 2) == Self.oddTurned[number - 1])
    }

    @Test("So is a WebP")
    func webPOrientation() throws {
        let image = try Self.decoded(try content("odd-6.webp"))
        #expect(Self.colours(image, side: 2) == Self.oddTurned[5])
    }

    @Test("Damaged EXIF tags leave a picture upright")
    func damagedTags() throws {
        let whole = try content("orientation-6.jpg")
        let tags = try #require(whole.firstRange(of: Data("Exif".utf8))).upperBound + 2
        for place in tags..<(tags + 20) {
            for value in [0, 1, 0x7f, 0xff] as [UInt8] {
                var file = whole
                file[place] = value
                #expect(try Self.problem(file) == nil)
            }
        }
        var file = whole
        file[tags] = 0
        let found = Self.colours(try Self.decoded(file), side: 2)
        #expect(abs(found[0][1] - Self.b[1]) <= 1 && abs(found[1][2] - Self.c[2]) <= 1)
    }

    @Test("A 16-bit PNG has the values of its 8-bit neighbour")
    func sixteenBits() throws {
        let exact = (0..<256).map { [$0, $0, $0] }
        #expect(Self.colours(try Self.decoded(try content("grey-16.png")), side: 16) == exact)
        let between = (0..<256).map { value in
            let sample = min(65_535, 257 * value + value * 7 % 257)
            return [Int](repeating: (sample + 128) / 257, count: 3)
        }
        #expect(
            Self.colours(try Self.decoded(try content("grey-16-between.png")), side: 16)
                == between)
        let colours = (0..<256).map { value in [1, 3, 5].map { value * $0 % 256 } }
        #expect(
            Self.colours(try Self.decoded(try content("rgb-16.png")), side: 16) == colours)
    }

    @Test("A 16-bit PNG that says that it holds light itself is brought to the curve of screens")
    func linear() throws {
        // 0.5 and 0.2157 of the light, to the power of 1 / 2.2.
        let found = Self.colours(try Self.decoded(try content("linear-16.png")), side: 2)
        #expect(found.map { $0[0] } == [0, 255, 186, 127])
    }

    @Test("JPEGs of four inks, as Adobe's programs write them")
    func inks() throws {
        #expect(
            Self.colours(try Self.decoded(try content("cmyk.jpg")), side: 2)
                == [[255, 255, 255], [0, 255, 255], [255, 127, 191], [122, 117, 112]])
        #expect(
            Self.colours(try Self.decoded(try content("ycck.jpg")), side: 2)
                == [[0, 134, 0], [77, 255, 30], [0, 45, 2], [0, 58, 0]])
    }

    @Test("Bytes too many at a JPEG's end are no damage; bytes too few are")
    func ends() throws {
        let whole = try content("orientation-1.jpg")
        let expected = try Self.decoded(whole).square(side: 2)
        let more = whole.dropLast(2) + Data([1, 2, 3, 4, 5]) + whole.suffix(2)
        #expect(try Self.decoded(more).square(side: 2) == expected)
        #expect(try Self.decoded(more + Data(count: 100)).square(side: 2) == expected)
        for missing in [2, 3, 20, 60, 300] {
            #expect(try Self.problem(whole.dropLast(missing)) == .damaged)
        }
    }

    @Test("WebP, with and without loss; where it is transparent, white shows")
    func webP() throws {
        #expect(
            Self.colours(try Self.decoded(try content("lossy.webp")), side: 2)
                == [[47, 229, 55], [52, 64, 209], [85, 92, 92], [132, 5, 156]])
        // Opaque; not to be seen; (50, 60, 230) at 128 of 255; opaque.
        #expect(
            Self.colours(try Self.decoded(try content("transparent.webp")), side: 2)
                == [[250, 10, 20], [255, 255, 255], [152, 157, 242], [200, 200, 0]])
        #expect(try Self.problem(try content("animated.webp")) == .animated)
        let whole = try content("lossy.webp")
        for missing in [1, 10, whole.count - 20] {
            #expect(try Self.problem(whole.dropLast(missing)) == .damaged)
        }
    }

    @Test("What is no picture is said to be none, and one above the limit too large")
    func problems() throws {
        #expect(try Self.problem(Data("GIF89a".utf8)) == .foreign)
        #expect(try Self.problem(Data()) == .empty)
        let names = ["orientation-1.jpg", "grey-16.png", "lossy.webp"]
        for file in try names.map(content) {
            #expect(throws: UnreadPicture.tooLarge) {
                try file.withUnsafeBytes { bytes in
                    _ = try RGBImage(decoding: bytes) { $0 <= 255 }
                }
            }
        }
    }
}

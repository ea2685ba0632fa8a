import Datasets
import Evaluation
import Foundation
import Pictures
import Tensors
import Testing

@Suite("Emoji")
final class EmojiFontTests {
    private let path = "\(NSTemporaryDirectory())/swiftgan-font-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A picture of one pixel, whose red is a number.
    private func picture(_ number: Int) throws -> [UInt8] {
        var picture = Picture(width: 1, height: 1, channels: 3)
        picture.pixels[0] = UInt8(number)
        try picture.write(to: path)
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func entries(_ texts: [[String]]) throws -> [TestFont.Entry] {
        try texts.enumerated().map { .init(texts: $1, file: try picture($0)) }
    }

    private func font(_ bytes: some Collection<UInt8>) throws -> EmojiFont {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try EmojiFont(path: path)
    }

    /// The numbers of the pictures of a part.
    private func numbers(_ font: EmojiFont, _ part: PicturePart) throws -> [Int] {
        let images = try font.images(side: 1, part: part)
        let values = try images.examples(0..<images.count).values.scalars
        return stride(from: 0, to: values.count, by: 3).map {
            Int(((values[$0] + 1) * 127.5).rounded())
        }
    }

    private typealias Case = (texts: [String], isHeldOut: Bool)

    /// Letters, each of which is a family to train with.
    private func letters(_ letters: String) -> [Case] { letters.map { (["\($0)"], false) } }

    private func expectParts(_ cases: [Case], in form: TestFont) throws {
        let font = try font(form.bytes(entries(cases.map(\.texts))))
        let expected = cases.indices.filter { cases[$0].isHeldOut }
        #expect(try numbers(font, .heldOut) == expected)
        #expect(try numbers(font, .training) == cases.indices.filter { !cases[$0].isHeldOut })
        #expect(try numbers(font, .all) == Array(cases.indices))
    }

    @Test(
        "Every tenth drawing is held out with all its skin tones, persons and directions",
        arguments: [
            TestFont(), TestFont(coverageFormat: 2), TestFont(isExtended: true),
            TestFont(listFormat: 3), TestFont(fileFormat: 18), TestFont(fileFormat: 19),
        ])
    func families(form: TestFont) throws {
        let runners: [Case] = [
            (["🏃"], true), (["👩‍🚀"], false), (["🏃🏽"], true), (["🏃🏿‍♀️‍➡️"], true),
        ]
        // Some fonts know texts backwards too.
        let others: [Case] = [
            (["🫱🏻‍🫲🏿", "🫲🏿‍🫱🏻"], true), (["🇩🇪"], false), (["🇪🇩"], false),
            (["🧑🏾‍🚀", "🚀‍🧑🏾"], false), (["🤝"], true), (["🫲🏼‍🫱🏻", "🫱🏻‍🫲🏼"], true),
        ]
        try expectParts(letters("abcdefghi") + runners + letters("jklmnopq") + others, in: form)
    }

    @Test("Characters of two bytes may be numbered by themselves")
    func segments() throws {
        let persons: [Case] = [
            (["⛹"], true), (["⛹♀"], true), (["☝"], false), (["♂⛹"], true),
        ]
        try expectParts(letters("abcdefghi") + persons, in: TestFont(characterFormat: 4))
    }

    @Test("A font without texts has each picture as a family of its own")
    func noTexts() throws {
        let tones = ["🏃🏻", "🏃🏼", "🏃🏽", "🏃🏾", "🏃🏿"]
        let cases: [Case] = (0..<20).map { ([tones[$0 % 5]], $0 % 10 == 9) }
        try expectParts(cases, in: TestFont(hasTexts: false))
    }

    @Test("One drawing alone cannot be divided")
    func oneFamily() throws {
        let bytes = try TestFont().bytes(entries(["🏃", "🏃🏻", "🏃🏼", "🏃🏽", "🏃🏾"].map { [$0] }))
        let error = #expect(throws: DataError.self) { _ = try font(bytes) }
        #expect(error?.description == "\(path): expected pictures of ten kinds at least, found 1")
    }

    @Test("A font that is cut anywhere is refused; one whose bytes are changed is refused or read")
    func damaged() throws {
        let texts = "abcdefgh".map { ["\($0)"] } + [["⛹"], ["⛹♀"], ["☝"], ["♀"]]
        for form in [TestFont(), TestFont(characterFormat: 4, coverageFormat: 2, isExtended: true)]
        {
            let whole = form.bytes(try entries(texts))
            _ = try font(whole).images(side: 1, part: .all)
            for count in stride(from: 0, to: whole.count, by: 7) {
                #expect(throws: DataError.self, "\(count)") { _ = try font(whole[..<count]) }
            }
            // The first table has the pictures; damaged ones have tests of their own.
            let pictures = 76..<(76 + Int(whole[26]) << 8 + Int(whole[27]))
            for place in whole.indices where !pictures.contains(place) {
                for value in [0xff, whole[place] &+ 1] {
                    var changed = whole
                    changed[place] = value
                    do { _ = try font(changed).images(side: 1, part: .all) } catch {
                        #expect(error is DataError)
                    }
                }
            }
        }
    }

    @Test("A table that refers to one part many times is refused before it takes time")
    func circles() throws {
        // 30,000 times one lookup, with 30,000 times one part, which has no ligatures.
        let count = TestFont.number(30_000)
        func repeated(_ distance: Int) -> [UInt8] {
            (0..<30_000).flatMap { _ in TestFont.number(distance) }
        }
        let lookup = [0, 4, 0, 0] + count + repeated(60_006) + [0, 1, 0, 0, 0, 0]
        let table = [0, 1, 0, 0, 0, 0, 0, 0, 0, 10] + count + repeated(60_002) + lookup
        let texts = "abcdefghijkl".map { ["\($0)"] }
        let bytes = try TestFont(substitutions: table).bytes(entries(texts))
        let error = #expect(throws: DataError.self) { _ = try font(bytes) }
        #expect(error?.description.hasSuffix("found a damaged table GSUB") == true)
    }

    @Test("What is no font is refused")
    func refusal() {
        #expect(throws: DataError.self) { _ = try EmojiFont(path: "/proc/self/status") }
        #expect(throws: DataError.self) { _ = try EmojiFont(path: "/nowhere") }
    }
}

private let noto = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"

@Suite(
    "Google's emoji font",
    .enabled(
        if: FileManager.default.fileExists(atPath: noto),
        "Debian's fonts-noto-color-emoji is not installed"))
struct NotoEmojiTests {
    @Test("It holds 3,916 different pictures, of which 326 are held out")
    func pictures() throws {
        let emoji = try EmojiFont(path: noto)
        let training = try emoji.images(side: 16, part: .training)
        let heldOut = try emoji.images(side: 16, part: .heldOut)
        #expect(training.count == 3_590 && heldOut.count == 326)
        #expect(training.fields == [.image([3, 16, 16])])
    }

    @Test("Less than a tenth of what is held out is nearly the same as a picture to train with")
    func siblings() throws {
        let emoji = try EmojiFont(path: noto)
        func pictures(_ part: PicturePart) throws -> NDArray {
            let images = try emoji.images(side: 16, part: part)
            let scalars = try images.examples(0..<images.count).values.scalars
            return NDArray(scalars, shape: [images.count, 3 * 16 * 16])
        }
        let (heldOut, training) = (try pictures(.heldOut), try pictures(.training))
        let products = Tensor(heldOut).matrixProduct(with: Tensor(training), transposingOther: true)
        let own = Tensor(heldOut).sumOfSquaresOfExamples().value.scalars
        let others = Tensor(training).sumOfSquaresOfExamples().value.scalars
        let scalars = products.value.scalars
        // 22 dB, with pixels in -1...1.
        let near = Float(pow(10, -2.2)) * 4 * 3 * 16 * 16
        let repeated = own.indices.filter { row in
            others.indices.contains { other in
                own[row] + others[other] - 2 * scalars[row * others.count + other] < near
            }
        }
        #expect(repeated.count < own.count / 10, "\(repeated.count) of \(own.count)")
    }

    @Test("A copy that is cut anywhere is refused")
    func cut() throws {
        let path = "\(NSTemporaryDirectory())/swiftgan-font-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.copyItem(atPath: noto, toPath: path)
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        let size = try file.seekToEnd()
        for part in (0..<16).reversed() {
            try file.truncate(atOffset: size * UInt64(part) / 16)
            #expect(throws: DataError.self) { _ = try EmojiFont(path: path) }
        }
    }
}

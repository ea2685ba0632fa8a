import Foundation
import Pictures
import Testing

/// Expected values are those of Pictures/make.py.
@Suite("Pictures that are to be changed")
struct EditablePictureTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let form: PictureForm
        /// The samples of each plane; of grey, red, green and blue are the same.
        let planes: [[Int]]
        var testDescription: String { name }

        init(_ name: String, grey: [Int], alpha: [Int]? = nil, bits: Int = 8) {
            self.name = name
            form = PictureForm(isGrey: true, hasAlpha: alpha != nil, bits: bits)
            planes = [grey, grey, grey] + (alpha.map { [$0] } ?? [])
        }

        init(_ name: String, _ planes: [[Int]], bits: Int = 8) {
            self.name = name
            form = PictureForm(isGrey: false, hasAlpha: planes.count == 4, bits: bits)
            self.planes = planes
        }
    }

    static let kinds = [
        Kind("grey-1.png", grey: [255, 0, 255, 0, 0, 255]),
        Kind("grey-2.png", grey: [0, 85, 170, 255, 170, 85]),
        // What is transparent has the grey of its neighbour.
        Kind(
            "grey-4.png", grey: [0, 51, 102, 153, 153, 255], alpha: [255, 255, 255, 255, 0, 255]),
        Kind(
            "palette.png",
            [
                [250, 30, 50, 50, 30, 250], [10, 240, 60, 60, 240, 10],
                [20, 40, 230, 230, 40, 20],
            ]),
        Kind(
            "palette-alpha.png",
            [
                [250, 30, 50, 50, 30, 250], [10, 240, 60, 60, 240, 10],
                [20, 40, 230, 230, 40, 20], [255, 128, 255, 255, 128, 255],
            ]),
        Kind("grey-alpha-16.png", grey: [1_000, 60_001], alpha: [65_535, 257], bits: 16),
        Kind(
            "rgba-16.png", [[1, 40_000], [2, 30_001], [3, 20_002], [65_535, 32_768]], bits: 16),
        Kind("interlaced.png", grey: [10, 20, 30, 40]),
    ]

    @Test("Grey, bits and opacity are those of the file, to the last bit", arguments: kinds)
    func asInFile(_ kind: Kind) throws {
        let picture = try editable(kind.name)
        #expect(picture.form == kind.form)
        #expect(kind.planes.indices.map(picture.samples) == kind.planes)
        #expect(picture.all.count == kind.form.planes * picture.width * picture.height)
        #expect(picture.all.allSatisfy { abs($0) <= 1 })
    }

    @Test("A grey JPEG is known to be grey")
    func greyJPEG() throws {
        let picture = try editable("grey.jpg")
        #expect(picture.form == PictureForm(isGrey: true))
        #expect((picture.width, picture.height) == (5, 7))
        #expect(!(try editable("profile.jpg")).form.isGrey)
    }

    /// The red of each pixel of odd-1.png to odd-8.png, row by row.
    private static let turned = [
        [250, 30, 50, 200, 0, 90], [50, 30, 250, 90, 0, 200], [90, 0, 200, 50, 30, 250],
        [200, 0, 90, 250, 30, 50], [250, 200, 30, 0, 50, 90], [200, 250, 0, 30, 90, 50],
        [90, 50, 0, 30, 200, 250], [50, 90, 30, 0, 250, 200],
    ]

    @Test("A picture is turned as its EXIF tag says", arguments: 1...8)
    func orientation(_ number: Int) throws {
        let picture = try editable("odd-\(number).png")
        #expect((picture.width, picture.height) == (number < 5 ? (3, 2) : (2, 3)))
        #expect(picture.samples(of: 0) == Self.turned[number - 1])
        if number == 6 {
            #expect(try editable("odd-6.webp").samples(of: 0) == Self.turned[5])
        }
        // Of JPEGs, the middle is what training sees of it.
        let name = "orientation-\(number).jpg"
        let photograph = try editable(name)
        #expect((photograph.width, photograph.height) == (number < 5 ? (32, 16) : (16, 32)))
        let (left, top) = ((photograph.width - 16) / 2, (photograph.height - 16) / 2)
        let middle = photograph.region(x: left..<(left + 16), y: top..<(top + 16))
        let seen = try content(name).withUnsafeBytes {
            try RGBImage(decoding: $0).square(side: 16)
        }
        #expect(middle.map { UInt8((($0 + 1) * 127.5).rounded()) } == seen)
    }

    @Test("Beyond its edges a picture is mirrored, again and again, without repeating the edge")
    func mirrors() throws {
        let picture = try editable("grey-2.png")
        func greys(_ x: Range<Int>, _ y: Range<Int>) -> [Int] {
            picture.region(x: x, y: y).prefix(x.count * y.count).map {
                Int((($0 + 1) * 127.5).rounded())
            }
        }
        #expect(
            greys(-7..<9, 0..<1)
                == [85, 170, 85, 0, 85, 170, 85, 0, 85, 170, 85, 0, 85, 170, 85, 0])
        #expect(greys(1..<2, -3..<4) == [170, 85, 170, 85, 170, 85, 170])
        #expect(greys(4..<6, 0..<2) == [0, 85, 255, 170])
        // Of a single row or column, a mirror shows the same.
        let pixel = try editable("gamma.png").region(x: -2..<3, y: -1..<2)
        #expect(Set(pixel.prefix(15)).count == 1)
    }

    @Test(
        "What cannot be seen has the colours of the nearest visible pixels; all others stay",
        arguments: ["edge.png", "edge.webp"])
    func edges(_ name: String) throws {
        let picture = try editable(name)
        let (red, green, alpha) = (
            picture.samples(of: 0), picture.samples(of: 1), picture.samples(of: 3)
        )
        for y in 0..<7 {
            for x in 0..<9 {
                let at = y * 9 + x
                let isInside = (3..<6).contains(x) && y == 3
                let isVisible = (2..<7).contains(x) && (2..<5).contains(y)
                #expect(red[at] == (isInside ? 250 : 200))
                #expect(green[at] == (isInside ? 10 : 0))
                #expect(alpha[at] == (isInside ? 255 : isVisible ? 128 : 0))
            }
        }
    }

    @Test("Of two visible sides, the nearer one gives its colours to what is between them")
    func nearest() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("sides.png")
        let form = PictureForm(isGrey: true, hasAlpha: true)
        let writer = try PictureWriter(path: path, width: 7, height: 1, form: form, inputs: [])
        let greys: [Float] = [-1, 0, 0, 0, 0, 0, 1]
        try writer.write(greys + greys + greys + [1, -1, -1, -1, -1, -1, 1])
        try writer.finish()
        let samples = try EditablePicture(path: path).samples(of: 0)
        #expect(samples[..<3] == [0, 0, 0] && samples[4...] == [255, 255, 255])
    }

    @Test("What is put back changes nothing", arguments: kinds)
    func putBack(_ kind: Kind) throws {
        var picture = try editable(kind.name)
        let before = picture.all
        picture.replace(
            x: 0..<picture.width, y: 0..<picture.height,
            with: Array(before.prefix(3 * picture.width * picture.height)))
        #expect(picture.all == before)
    }

    @Test("Only the pixels that are given change, and a turned picture's are those that are seen")
    func replacing() throws {
        var picture = try editable("odd-6.png")
        picture.replace(
            x: 0..<2, y: 1..<2, with: [1, 1, 0, 0, -1, -1], where: [false, true])
        #expect(picture.samples(of: 0) == [200, 250, 0, 255, 90, 50])
        #expect(picture.samples(of: 1) == [200, 10, 180, 128, 90, 60])
        #expect(picture.samples(of: 2) == [0, 20, 190, 0, 90, 230])
        var transparent = try editable("palette-alpha.png")
        transparent.replace(x: 1..<2, y: 0..<1, with: [1, 1, 1])
        #expect(transparent.samples(of: 0) == [250, 255, 50, 50, 30, 250])
        #expect(transparent.samples(of: 3) == [255, 128, 255, 255, 128, 255])
        // A copy is a picture of its own.
        let copy = transparent
        transparent.replace(x: 0..<1, y: 0..<1, with: [-1, -1, -1])
        #expect(copy.samples(of: 0)[0] == 250 && transparent.samples(of: 0)[0] == 0)
    }

    @Test("A grey picture gets the mean of colours; what is out of range is cut off")
    func greyReplacing() throws {
        var picture = try editable("grey-1.png")
        picture.replace(x: 0..<3, y: 0..<1, with: [1, 9, .nan, -1, 9, 0, 0.6, 9, 0])
        #expect(picture.samples(of: 0)[..<3] == [153, 255, 255])
    }

    @Test("Colours of other kinds than those of screens are known")
    func otherColours() throws {
        let profiles = try ["profile.png", "profile.jpg", "profile.webp"].map {
            try editable($0).form.colours
        }
        #expect(Set(profiles).count == 1 && profiles[0] != .unknown)
        #expect(!profiles[0].mayBeOfOtherKind)
        #expect(!(try editable("gamma.png")).form.colours.mayBeOfOtherKind)
        #expect(!(try editable("odd-1.png")).form.colours.mayBeOfOtherKind)
        #expect((try editable("linear-16.png")).form.colours.mayBeOfOtherKind)
        var file = try content("profile.webp")
        // The profile's description is in UTF-16.
        let name = try #require(file.firstRange(of: Data("s\0R\0G\0B".utf8)))
        file[name.lowerBound] = UInt8(ascii: "x")
        #expect(try editable(file).form.colours.mayBeOfOtherKind)
    }

    private func refusal(_ content: Data, allowsLarge: Bool = false) -> String {
        do throws(PictureError) {
            _ = try editable(content, name: "mine.jpg", allowsLarge: allowsLarge)
            return ""
        } catch { return "\(error)" }
    }

    @Test("What cannot be changed is refused by name")
    func refusals() throws {
        for name in ["cmyk.jpg", "ycck.jpg"] {
            let line = refusal(try content(name))
            #expect(line.hasPrefix("mine.jpg: expected a JPEG in colour or grey"))
            #expect(line.contains("(CMYK)"))
        }
        #expect(refusal(try content("animated.webp")).hasSuffix("found an animation"))
        #expect(refusal(Data()).hasSuffix("found an empty file"))
        #expect(refusal(Data("GIF89a".utf8)).contains("found something else"))
        for name in ["rgba-16.png", "interlaced.png", "orientation-1.jpg", "lossy.webp"] {
            let whole = try content(name)
            for left in [whole.count * 3 / 4, whole.count / 2, 20] {
                #expect(refusal(whole.prefix(left)).contains("damaged"), "\(name) \(left)")
            }
        }
        #expect(throws: PictureError.self) { try EditablePicture(path: "/nowhere/a.png") }
        #expect(throws: PictureError.self) { try EditablePicture(path: "/tmp") }
    }

    @Test("More pixels than are allowed, or than there are, are refused before memory is taken")
    func tooLarge() throws {
        #expect(
            refusal(claim(width: 8_193, height: 8_192, bits: 8, colour: 2))
                == "mine.jpg: expected at most 67108864 pixels, found 8193 x 8192; --large allows 1073741824"
        )
        #expect(
            refusal(claim(width: 65_536, height: 16_385, bits: 1, colour: 0), allowsLarge: true)
                == "mine.jpg: expected at most 1073741824 pixels, found 65536 x 16385")
        // These would take 512 MiB and 8 GiB.
        let large = claim(width: 8_192, height: 8_192, bits: 16, colour: 6)
        #expect(refusal(large).contains("damaged"))
        let huge = claim(width: 32_768, height: 32_768, bits: 16, colour: 6)
        #expect(!refusal(huge, allowsLarge: true).isEmpty)
    }
}

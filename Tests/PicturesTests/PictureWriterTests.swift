import Foundation
import Pictures
import Testing

@Suite("Changed pictures as files")
struct PictureWriterTests {
    /// Writes a picture as it is, and reads it again.
    private func rewritten(
        _ picture: EditablePicture, to path: String, form: PictureForm? = nil
    ) throws -> EditablePicture {
        let writer = try PictureWriter(
            path: path, width: picture.width, height: picture.height, form: form ?? picture.form,
            inputs: [picture])
        try writer.write(picture)
        try writer.finish()
        return try EditablePicture(path: path)
    }

    private func refusal(_ path: String, _ form: PictureForm, inputs: [EditablePicture]) -> String {
        do {
            _ = try PictureWriter(path: path, width: 2, height: 2, form: form, inputs: inputs)
            return ""
        } catch { return "\(error)" }
    }

    @Test(
        "A PNG keeps all that a picture is, and is stored as it should be seen",
        arguments: [
            "grey-1.png", "grey-4.png", "palette.png", "palette-alpha.png", "grey-alpha-16.png",
            "rgba-16.png", "interlaced.png", "edge.webp", "odd-6.png", "odd-8.png",
            "orientation-7.jpg", "profile.png", "profile.jpg", "profile.webp", "gamma.png",
            "linear-16.png",
        ])
    func kept(_ name: String) throws {
        let folder = try TemporaryFolder()
        let picture = try editable(name)
        let path = folder.file("kept.png")
        let again = try rewritten(picture, to: path)
        #expect(again.form == picture.form)
        #expect((again.width, again.height) == (picture.width, picture.height))
        #expect(again.all == picture.all)
        let names = try chunks(of: try Data(contentsOf: URL(fileURLWithPath: path))).map(\.name)
        #expect(!names.contains("eXIf"))
        #expect(try folder.names == ["kept.png"])
    }

    @Test("Strips of any height make the same file")
    func strips() throws {
        let folder = try TemporaryFolder()
        let picture = try editable("grey.jpg")
        _ = try rewritten(picture, to: folder.file("whole.png"))
        let writer = try PictureWriter(
            path: folder.file("strips.png"), width: 5, height: 7, form: picture.form, inputs: [])
        for rows in [0..<1, 1..<5, 5..<7] {
            try writer.write(picture.region(x: 0..<5, y: rows))
        }
        try writer.finish()
        let files = try ["whole.png", "strips.png"].map {
            try Data(contentsOf: URL(fileURLWithPath: folder.file($0)))
        }
        #expect(files[0] == files[1])
    }

    @Test("What a PNG says of its colours is said again")
    func colourChunks() throws {
        let folder = try TemporaryFolder()
        func said(_ name: String) throws -> [String: [UInt8]] {
            _ = try rewritten(try editable(name), to: folder.file("a.png"))
            let file = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.png")))
            return Dictionary(try chunks(of: file).map { ($0.name, $0.content) }) { $1 }
        }
        let gamma = try said("gamma.png")
        #expect(gamma["sRGB"] == [1] && gamma["gAMA"].map(number) == 45_455)
        #expect(try said("linear-16.png")["gAMA"].map(number) == 100_000)
        #expect(try said("profile.jpg")["iCCP"] != nil)
        let plain = try said("odd-1.png")
        #expect(["sRGB", "gAMA", "iCCP"].allSatisfy { plain[$0] == nil })
    }

    @Test("A JPEG has all its pixels of colour, and the profile", arguments: ["a.jpg", "a.JPEG"])
    func jpeg(_ name: String) throws {
        let folder = try TemporaryFolder()
        let picture = try editable("orientation-5.jpg")
        let again = try rewritten(picture, to: folder.file(name))
        #expect((again.width, again.height) == (16, 32))
        #expect(zip(again.all, picture.all).allSatisfy { abs($0 - $1) <= 6 / 127.5 })
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
        let frame = try #require(bytes.firstRange(of: [0xff, 0xc0])).lowerBound
        // Of each of the three components, how many samples it has of each pixel.
        #expect([11, 14, 17].map { bytes[frame + $0] } == [0x11, 0x11, 0x11])
        #expect(bytes.firstRange(of: Array("Exif".utf8)) == nil)

        let profiled = try editable("profile.png")
        #expect(
            try rewritten(profiled, to: folder.file("b.jpg")).form.colours == profiled.form.colours)
        let grey = try rewritten(try editable("grey-16.png"), to: folder.file("c.jpg"))
        #expect(grey.form == PictureForm(isGrey: true))
        #expect(abs(grey.samples(of: 0)[128] - 128) <= 3)
    }

    /// A JPEG with the parts of a profile, of the number of parts and in this order.
    private func jpeg(_ file: String, _ profile: [UInt8], parts: [Int], of count: Int) throws
        -> Data
    {
        let size = (profile.count + count - 1) / count
        let segments = parts.flatMap { part -> [UInt8] in
            let data = profile[(part * size)..<min(profile.count, (part + 1) * size)]
            let body = Array("ICC_PROFILE\0".utf8) + [UInt8(part + 1), UInt8(count)] + data
            let length = body.count + 2
            return [0xff, 0xe2, UInt8(length >> 8), UInt8(length & 255)] + body
        }
        let whole = try content(file)
        return whole.prefix(2) + Data(segments) + whole.dropFirst(2)
    }

    /// The profile of profile.webp, made this long by bytes that mean nothing.
    private func profile(ofLength length: Int, kind: String = "RGB ") throws -> [UInt8] {
        let file = Array(try content("profile.webp"))
        let start = try #require(file.firstRange(of: Array("ICCP".utf8))).upperBound + 4
        var profile = Array(file[start..<(start + number(file[start..<(start + 4)]))])
        profile += [UInt8](repeating: 0, count: length - profile.count)
        for place in 0..<4 { profile[place] = UInt8(length >> (24 - 8 * place) & 255) }
        profile.replaceSubrange(16..<20, with: Array(kind.utf8))
        return profile
    }

    @Test("A profile of several parts is joined, and carried to JPEG and PNG")
    func longProfile() throws {
        let folder = try TemporaryFolder()
        let long = try profile(ofLength: 150_000)
        let inOrder = try editable(
            try jpeg("orientation-1.jpg", long, parts: [0, 1, 2], of: 3))
        #expect(inOrder.form.colours != .unknown)
        let shuffled = try editable(
            try jpeg("orientation-1.jpg", long, parts: [2, 0, 1], of: 3))
        #expect(shuffled.form == inOrder.form)
        for name in ["a.jpg", "a.png"] {
            #expect(try rewritten(shuffled, to: folder.file(name)).form == inOrder.form)
        }
        // Where a part is missing, the picture is there, and the profile is not.
        let partial = try editable(try jpeg("orientation-1.jpg", long, parts: [0, 2], of: 3))
        #expect(partial.form.colours == .unknown && partial.all == inOrder.all)
    }

    @Test("A profile of grey is not given to a picture that has become coloured")
    func profileOfGrey() throws {
        let folder = try TemporaryFolder()
        let profile = try profile(ofLength: 588, kind: "GRAY")
        let grey = try editable(try jpeg("grey.jpg", profile, parts: [0], of: 1))
        var coloured = grey.form
        coloured.isGrey = false
        for name in ["a.jpg", "a.png"] {
            #expect(try rewritten(grey, to: folder.file(name)).form == grey.form)
            #expect(
                try rewritten(grey, to: folder.file("coloured-\(name)"), form: coloured).form
                    == PictureForm(isGrey: false))
        }
    }

    @Test("A picture that is read is not overwritten, by whatever name it goes")
    func overwriting() throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        let original = try content("odd-1.png")
        try original.write(to: URL(fileURLWithPath: folder.file("mine.png")))
        try files.createSymbolicLink(
            atPath: folder.file("link.png"), withDestinationPath: folder.file("mine.png"))
        try files.linkItem(atPath: folder.file("mine.png"), toPath: folder.file("hard.jpg"))
        // The name of link-2.png while it is written.
        try files.createSymbolicLink(
            atPath: folder.file("link-2.png.part"), withDestinationPath: "mine.png")
        let mine = try EditablePicture(path: folder.file("mine.png"))
        let mask = try EditablePicture(path: folder.file("link.png"))
        for name in ["mine.png", "link.png", "hard.jpg", "link-2.png", "./mine.png"] {
            for input in [mine, mask] {
                let line = refusal(folder.file(name), mine.form, inputs: [input])
                #expect(line.contains("expected another file"), "\(name): \(line)")
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("mine.png"))) == original)
        // Any other is replaced.
        try original.write(to: URL(fileURLWithPath: folder.file("other.png")))
        #expect(try rewritten(mine, to: folder.file("other.png")).all == mine.all)
    }

    @Test("What cannot be written is refused in one line, and leaves nothing")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let (plain, alpha) = (PictureForm(isGrey: false), PictureForm(isGrey: true, hasAlpha: true))
        for name in ["a.webp", "a", "a.png.gif", "png"] {
            #expect(
                refusal(folder.file(name), plain, inputs: [])
                    == "\(folder.file(name)): expected a name that ends in .png, .jpg or .jpeg")
        }
        let line = refusal(folder.file("a.jpg"), alpha, inputs: [])
        #expect(line.contains("transparency") && line.contains(".png"))
        #expect(!refusal("/nowhere/a.png", plain, inputs: []).isEmpty)
        #expect(!refusal("/nowhere/a.jpg", plain, inputs: []).isEmpty)
        #expect(throws: PictureError.self) {
            try PictureWriter(
                path: folder.file("a.jpg"), width: 65_501, height: 1, form: plain, inputs: [])
        }
        try FileManager.default.createDirectory(
            atPath: folder.file("folder.png"), withIntermediateDirectories: false)
        #expect(refusal(folder.file("folder.png"), plain, inputs: []).contains("something else"))
        #expect(try folder.names == ["folder.png"])
    }

    @Test("A picture that is not finished leaves nothing", arguments: ["a.png", "a.jpg"])
    func unfinished(_ name: String) throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try PictureWriter(
                path: folder.file(name), width: 2, height: 2, form: PictureForm(isGrey: true),
                inputs: [])
            try writer.write([0, 0, 0, 0, 0, 0])
            #expect(try folder.names == ["\(name).part"])
        }
        #expect(try folder.names == [])
    }
}

import Datasets
import Evaluation
import Foundation
import Synchronization
import Tensors
import Testing

/// A folder of pictures whose green is their number, that goes away with the test.
private final class PictureFolder {
    let path = "\(NSTemporaryDirectory())/swiftgan-folder-\(UUID().uuidString)"

    init() throws { try make("") }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func make(_ folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
    }

    func write(_ numbers: Range<Int>, to folder: String, ending: String = "png") throws {
        try make(folder)
        for number in numbers {
            var picture = Picture(width: 2, height: 2, channels: 3)
            for pixel in 0..<4 { picture.pixels[3 * pixel + 1] = UInt8(number) }
            try picture.write(to: "\(path)/\(folder)/\(1_000 + number).\(ending)")
        }
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    func images(
        below folder: String = "", part: PicturePart = .training, classes: Int? = nil,
        isStrict: Bool = false
    ) throws -> ColourImages {
        try ImageFolder(path: folder.isEmpty ? path : "\(path)/\(folder)").images(
            side: 2, part: part, classes: classes, isStrict: isStrict)
    }

    /// The green of each image.
    static func numbers(_ images: ColourImages) throws -> [Int] {
        let values = try images.examples(0..<images.count).values
        return (0..<images.count).map { Int(((values.scalars[12 * $0 + 4] + 1) * 127.5).rounded()) }
    }
}

@Suite("What is found below a folder")
struct FolderContentTests {
    private let folder: PictureFolder

    init() throws { folder = try PictureFolder() }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    @Test(
        "Links are followed: the folder itself, classes beside real ones, single files; relative ones, too"
    )
    func links() throws {
        try folder.write(0..<3, to: "pictures/cats")
        try folder.write(3..<5, to: "elsewhere/all dogs")
        try folder.link("pictures/dogs", to: "../elsewhere/all dogs")
        try folder.write(5..<6, to: "elsewhere")
        try folder.link("pictures/cats/2000.png", to: "\(folder.path)/elsewhere/1005.png")
        try folder.link("data", to: "pictures")
        let images = try folder.images(below: "data", classes: 2, isStrict: true)
        #expect(try PictureFolder.numbers(images) == [0, 1, 2, 5, 3, 4])
        #expect(images.classNames == ["cats", "dogs"])
        #expect(try images.examples(0..<6).labels == [0, 0, 0, 0, 1, 1])
        #expect(
            try images.manifest
                == folder.images(below: "pictures", classes: 2, isStrict: true).manifest)
    }

    @Test("Links that lead around in circles end, and are counted, as are those that lead nowhere")
    func loops() throws {
        try folder.write(0..<2, to: "a")
        try folder.write(2..<4, to: "b")
        try folder.link("a/up", to: "..")
        try folder.link("a/other", to: "../b")
        try folder.link("b/other", to: "../a")
        try folder.link("itself.png", to: "itself.png")
        try folder.link("gone.png", to: "nowhere")
        let images = try folder.images()
        // b is also a/other, and a is also b/other.
        #expect(try PictureFolder.numbers(images) == [0, 1, 2, 3, 2, 3, 0, 1])
        let note = try #require(images.notes.first)
        #expect(note.contains("links to a folder around them 4"), "\(note)")
        #expect(note.contains("links that lead nowhere 2"), "\(note)")
    }

    @Test("What is passed over is counted by reason in one line, and refused with strict")
    func passedOver() throws {
        try folder.write(0..<20, to: "")
        try folder.write(20..<21, to: "", ending: "jfif")
        for name in ["a.gif", "b.GIF", "c.bmp", "d.tiff", "e.txt", ".hidden.gif"] {
            try folder.write("x", to: name)
        }
        try folder.write("GIF89a", to: "film.png")
        try folder.write("", to: "empty.jpg")
        try folder.write("\u{89}PNG", to: "short.webp")
        try folder.make("two\nlines.png")
        try folder.write("x", to: "two\nlines.png/f.heic")
        let latin =
            Array("\(folder.path)/caf".utf8CString.dropLast()) + [CChar(bitPattern: 0xe9), 0]
        #expect(mkdir(latin, 0o700) == 0)
        let images = try folder.images()
        // Every tenth is held out; JPEG by its name, PNG by what is in it.
        #expect(images.count == 19)
        let note = try #require(images.notes.first)
        #expect(
            note.hasPrefix(
                "\(folder.path): passed over: GIF 2, BMP 1, names that are not UTF-8 1, TIFF 1, other files 1, HEIC 1, empty 1, not what the name says 2; the first is a.gif"
            ), "\(note)")
        #expect(note.split(whereSeparator: \.isNewline).count == 1)
        let refusal = message { _ = try folder.images(isStrict: true) }
        #expect(refusal.contains("found GIF 2, BMP 1"), "\(refusal)")
        #expect(refusal.contains("without --strict"), "\(refusal)")
    }

    @Test(
        "A folder that may not be read is counted",
        .enabled(if: geteuid() != 0, "root may read everything"))
    func unreadable() throws {
        try folder.write(0..<20, to: "")
        try folder.write(20..<22, to: "private")
        try folder.write(22..<23, to: "")
        chmod("\(folder.path)/private", 0)
        chmod("\(folder.path)/1022.png", 0)
        defer { chmod("\(folder.path)/private", 0o700) }
        let images = try folder.images()
        #expect(images.count == 18)
        #expect(images.notes[0].contains("passed over: unreadable folders 1, unreadable 1"))
    }

    @Test(
        "A run below the folder, or in it, is none of the pictures",
        arguments: ["", "runs/image-folder/"])
    func runs(_ run: String) throws {
        try folder.write(0..<20, to: "")
        let before = try folder.images().manifest
        try folder.write(20..<30, to: "\(run)samples")
        try folder.make("\(run)checkpoints")
        try folder.write("format: 6", to: "\(run)run.yaml")
        try folder.write("0", to: "\(run)attempt")
        let after = try folder.images()
        #expect(after.manifest == before)
        #expect(
            after.notes.contains { $0.contains("run") && $0.contains("not among the pictures") })
        // What a run leaves is no fault of the data.
        #expect(try folder.images(isStrict: true).manifest == before)
    }

    @Test(
        "val and test beside train are held out, and what else is beside them is passed over",
        arguments: [["val"], ["test"], ["val", "test"], ["valid"]])
    func parts(_ names: [String]) throws {
        try folder.write(0..<12, to: "train")
        for (number, name) in names.enumerated() {
            try folder.write((20 + number)..<(21 + number), to: name)
        }
        try folder.write(30..<33, to: "more")
        let images = try folder.images()
        #expect(try PictureFolder.numbers(images) == Array(0..<12))
        #expect(images.notes[0].contains("pictures beside train 3"))
        let heldOut = try PictureFolder.numbers(try folder.images(part: .heldOut))
        #expect(heldOut.sorted() == (0..<names.count).map { 20 + $0 })
    }

    @Test("A class that has nothing to train with is named")
    func heldOutClass() throws {
        try folder.write(0..<9, to: "cats")
        try folder.write(9..<10, to: "lynxes")
        let images = try folder.images(classes: 2)
        #expect(images.notes.contains("classes: 0 cats, 1 lynxes"))
        #expect(
            images.notes.contains {
                $0.contains("no picture to train with in 1 of 2 classes: lynxes")
            })
    }

    @Test("Two forms of one name are one class, and this is said; their pictures have an order")
    func forms() throws {
        try folder.write(0..<2, to: "caf\u{e9}")
        try folder.write(1..<4, to: "cafe\u{301}")
        try folder.write(4..<6, to: "zoo")
        let images = try folder.images(classes: 2)
        #expect(
            images.classNames.map { Array($0.utf8) } == [
                Array("caf\u{e9}".utf8), Array("zoo".utf8),
            ])
        #expect(try PictureFolder.numbers(images) == [0, 1, 1, 2, 3, 4, 5])
        #expect(
            images.notes.contains { $0.contains("different forms of Unicode: they are one class") })
    }

    @Test("Of fewer than a hundred pictures a person is warned")
    func few() throws {
        try folder.write(0..<30, to: "")
        #expect(try folder.images().notes.contains { $0.contains("30 pictures, where a hundred") })
        try folder.write(30..<100, to: "")
        #expect(try folder.images().notes.isEmpty)
    }

    @Test("A copy that is shared is not that of pictures which have changed since")
    func changed() throws {
        try folder.write(0..<20, to: "")
        let before = try folder.images()
        let (old, new) = ("\(folder.path)/1003.png", "\(folder.path)/1019.png")
        #expect(rename(new, old) == 0)
        let after = try folder.images()
        #expect(try PictureFolder.numbers(before) == Array(0..<9) + Array(10..<19))
        #expect(try PictureFolder.numbers(after) == [0, 1, 2, 19, 4, 5, 6, 7, 8] + (10..<19))
    }

    @Test("Who reads the same pictures at the same time has the same")
    func together() throws {
        try folder.write(0..<120, to: "")
        let path = folder.path
        let found = Mutex<[DataManifest]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            let images = try? ImageFolder(path: path).images(
                side: 2, part: .training, classes: nil, isStrict: true)
            if let images { found.withLock { $0.append(images.manifest) } }
        }
        let manifests = found.withLock { $0 }
        #expect(manifests.count == 4 && Set(manifests).count == 1)
    }
}

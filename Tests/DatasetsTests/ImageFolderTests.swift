import Datasets
import Evaluation
import Foundation
import Tensors
import Testing

@Suite("Folders of images")
struct ImageFolderTests {
    private let path = "\(NSTemporaryDirectory())/swiftgan-images-\(UUID().uuidString)"

    private func write(_ count: Int, to folder: String, width: Int = 8, height: Int = 8) throws {
        try FileManager.default.createDirectory(
            atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        for number in 0..<count {
            var picture = Picture(width: width, height: height, channels: 3)
            for pixel in 0..<(width * height) {
                picture.pixels[3 * pixel] = 255
                picture.pixels[3 * pixel + 2] = UInt8(number)
            }
            try picture.write(to: "\(path)/\(folder)/\(10 + number).png")
        }
    }

    private func images(
        _ part: PicturePart = .training, side: Int = 4, classes: Int? = nil, isStrict: Bool = false
    ) throws -> ColourImages {
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ImageFolder(path: path).images(
            side: side, part: part, classes: classes, isStrict: isStrict)
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    @Test("Images of any size become squares in -1...1, in the order of their names")
    func squares() throws {
        try write(2, to: "", width: 12, height: 6)
        try write(1, to: "more", width: 5, height: 9)
        let batch = try images().examples(0..<3)
        let (values, labels) = (batch.values, batch.labels)
        #expect(values.shape == [3, 3, 4, 4] && labels == nil)
        let pixels = values.scalars
        func are(_ range: Range<Int>, _ value: Float) -> Bool {
            pixels[range].allSatisfy { abs($0 - value) < 1e-6 }
        }
        #expect(are(0..<16, 1) && are(16..<32, -1))
        #expect(are(80..<96, 2.0 / 255 - 1))
    }

    @Test("Classes are folders; test/ is held out where there is one, every tenth image otherwise")
    func parts() throws {
        try write(3, to: "train/cat")
        try write(2, to: "train/dog")
        try write(1, to: "test/cat")
        try write(1, to: "test/dog")
        let folder = try ImageFolder(path: path)
        func labels(_ part: PicturePart) throws -> [Int]? {
            let images = try folder.images(side: 4, part: part, classes: 2, isStrict: true)
            return try images.examples(0..<images.count).labels
        }
        #expect(try labels(.training) == [0, 0, 0, 1, 1])
        #expect(try labels(.heldOut) == [0, 1])
        #expect(try labels(.all)?.count == 7)
        #expect(
            message { _ = try images(classes: 3) }.contains(
                "expected 3 folders, one for each class, found 2: cat, dog"))
        try write(20, to: "")
        let plain = try ImageFolder(path: path)
        #expect(try plain.images(side: 4, part: .training, isStrict: true).count == 18)
        #expect(try plain.images(side: 4, part: .all).count == 20)
        #expect(try images(.heldOut).count == 2)
    }

    @Test("Damaged files are left out and counted, or refused by name")
    func damaged() throws {
        try write(20, to: "")
        let victim = "\(path)/15.png"
        let content = try Data(contentsOf: URL(fileURLWithPath: victim))
        try content.prefix(content.count / 2).write(to: URL(fileURLWithPath: victim))
        let folder = try ImageFolder(path: path)
        let found = try folder.images(side: 4, part: .training, classes: nil, isStrict: false)
        #expect(found.count == 18)
        #expect(
            found.notes[0]
                == "\(path): passed over: damaged 1; the first is 15.png; --strict refuses them")
        #expect(
            message { _ = try images(isStrict: true) }.contains(
                "expected whole PNG, JPEG and WebP pictures alone, found damaged 1; the first is 15.png"
            ))
    }

    @Test("An empty folder, and none, are refused")
    func empty() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(message { _ = try images() }.contains("found an empty folder"))
        #expect(
            message { _ = try images() }.contains("expected a folder of PNG, JPEG or WebP files"))
    }
}

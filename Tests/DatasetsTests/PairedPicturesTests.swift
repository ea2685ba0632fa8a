import Datasets
import Foundation
import Pictures
import Testing

@Suite("Pictures in pairs")
struct PairedPicturesTests {
    private let folder: String

    /// Twenty pairs of one pixel; each picture's grey says its number, and an input is a step lighter.
    init() throws {
        folder = NSTemporaryDirectory() + "pairs-\(UUID().uuidString)"
        for (name, step) in [("A", 1), ("B", 0)] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            for number in 0..<20 {
                try write(UInt8(10 * number + step), to: "\(name)/\(number + 10).png")
            }
        }
    }

    private func write(_ grey: UInt8, to name: String) throws {
        try Picture(width: 16, height: 16, channels: 1, background: grey).write(
            to: "\(folder)/\(name)")
    }

    private func open(_ part: PicturePart) throws -> PairedPictures {
        try PairedPictures(inputs: "\(folder)/A", images: "\(folder)/B", side: 16, part: part)
    }

    private func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }

    @Test("Each input stands beside its own picture, in training and held out")
    func pairs() throws {
        for (part, count) in [(PicturePart.training, 18), (.heldOut, 2)] {
            let pairs = try open(part)
            #expect(pairs.count == count && pairs.fields.map(\.name) == ["image", "input"])
            for index in 0..<count {
                var (image, input) = (
                    [Float](repeating: 0, count: 3 * 256), [Float](repeating: 0, count: 3 * 256)
                )
                image.withUnsafeMutableBufferPointer { image in
                    input.withUnsafeMutableBufferPointer { input in
                        guard let first = image.baseAddress, let second = input.baseAddress else {
                            return
                        }
                        pairs.read(index, into: [first, second])
                    }
                }
                #expect(abs((input[0] - image[0]) * 127.5 - 1) < 0.01)
            }
        }
    }

    @Test(
        "A file that is no picture does no harm; a picture without a partner, or one that is damaged, is named"
    )
    func partners() throws {
        try Data("notes".utf8).write(to: URL(fileURLWithPath: "\(folder)/A/notes.txt"))
        #expect(try open(.training).count == 18)
        try remove("B/13.png")
        let missing = try #require(throws: DataError.self) { try open(.training) }
        #expect("\(missing)".contains("expected a picture called 13, as"))
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/B/13.png"))
        let damaged = try #require(throws: DataError.self) { try open(.training) }
        #expect("\(damaged)".contains("since they are in pairs, found"), "\(damaged)")
        try write(3, to: "B/13.png")
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/B/13.jpg"))
        let twice = try #require(throws: DataError.self) { try open(.training) }
        #expect("\(twice)".contains("one picture called 13, found two"), "\(twice)")
    }
}

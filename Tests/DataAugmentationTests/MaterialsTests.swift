import Datasets
import Foundation
import Pictures
import Tensors
import Testing

@testable import DataAugmentation

@Suite("What people have to begin with")
struct MaterialsTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "materials-\(UUID().uuidString)"
        for label in 0..<2 {
            for number in 0..<3 { try write(10 * label + number, "labelled/\(label)/\(number)") }
        }
    }

    /// A picture of one grey, or of a colour.
    private func write(_ grey: Int, _ name: String, isGrey: Bool = true) throws {
        let path = "\(folder)/\(name).png"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        var picture = Picture(width: 20, height: 16, channels: 3, background: UInt8(grey))
        if !isGrey { picture.pixels[3 * 170] = 200 }
        try picture.write(to: path)
    }

    private func read(unlabelled: String? = nil, test: String? = nil) throws -> Materials {
        func path(_ name: String) -> String { "\(folder)/\(name)" }
        return try Materials(
            labelled: path("labelled"), unlabelled: unlabelled.map(path), test: test.map(path),
            side: 16, say: { _ in })
    }

    private func expectRefusal(_ words: String, _ body: () throws -> Void) throws {
        let error = try #require(throws: DataError.self) { try body() }
        #expect("\(error)".contains(words), "\(error)")
    }

    @Test("Pictures are grey where all labelled ones are")
    func grey() throws {
        #expect(try read().labelled.shape == [1, 16, 16])
        try write(5, "labelled/0/colour", isGrey: false)
        #expect(try read().labelled.shape == [3, 16, 16])
    }

    @Test("Copies of labelled pictures are left out of the test, and of both out of the pool")
    func copies() throws {
        for (grey, name) in [(0, "copy"), (50, "new")] { try write(grey, "test/0/\(name)") }
        try write(60, "test/1/new")
        for (number, grey) in [11, 50, 70].enumerated() { try write(grey, "pool/\(number)") }
        let materials = try read(unlabelled: "pool", test: "test")
        #expect(materials.test?.count == 2 && materials.pool?.count == 1)
        #expect(materials.pool?.picture(0).first == 70)
        #expect(materials.known.count == 8)
        #expect(materials.notes.contains { $0.contains("test: left out 1 picture") })
        #expect(materials.notes.contains { $0.contains("pool: left out 2 pictures") })
    }

    @Test("Classes must be two at least, the same in the test, and apart from each other")
    func classes() throws {
        try write(30, "test/0/a")
        try expectRefusal("found no 1 in \(folder)/test") { _ = try read(test: "test") }
        try write(31, "test/1/a")
        try write(32, "test/2/a")
        try expectRefusal("found no 2 in \(folder)/labelled") { _ = try read(test: "test") }
        try write(1, "labelled/1/twice")
        try expectRefusal("found one in both 0 and 1") { _ = try read() }
        try FileManager.default.removeItem(atPath: "\(folder)/labelled/1")
        try expectRefusal("found pictures of 0 alone") { _ = try read() }
    }

    @Test("The output is a new folder, or one of an earlier call, apart from the pictures")
    func output() throws {
        func open(_ name: String, _ classes: [String] = ["0", "1"]) throws -> OutputFolder {
            try OutputFolder(
                "\(folder)/\(name)", classNames: classes, sources: ["\(folder)/labelled"])
        }
        let made = try open("made")
        try made.write(report: "Nothing yet.")
        try made.write(try read().labelled, classNames: ["0", "1"])
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/made/1")
        #expect(names.sorted() == ["0001.png", "0002.png", "0003.png"])
        _ = try open("made")
        try expectRefusal("found 1 in it") { _ = try open("made", ["0", "2"]) }
        try write(3, "other/0/mine")
        try expectRefusal("found 0 in it") { _ = try open("other") }
        for name in ["labelled", "labelled/more", ""] {
            try expectRefusal("a folder apart from") { _ = try open(name) }
        }
        try expectRefusal("no class called run") { _ = try open("new", ["run", "a"]) }
    }

    @Test("The report says which arm won, and whether the synthetic pictures help")
    func verdict() {
        let usual = [0.70, 0.72]
        func text(_ synthetic: [Double], _ pool: [Double]) -> String {
            Comparison(arms: [
                (.real, [0.6, 0.6]), (.realWithUsualChanges, usual), (.poolNamed, pool),
                (.synthetic(percent: 50), synthetic),
            ]).text
        }
        let won = text([0.75, 0.77], [0.5, 0.5])
        #expect(won.contains("| real, and 50% synthetic | 76.00 | 1.41 | +5.00 |"), "\(won)")
        #expect(won.contains("Best: real, and 50% synthetic, 76.00%. The synthetic pictures help"))
        #expect(won.contains("+5.00 points") && !won.contains("chance"))
        let lost = text([0.60, 0.80], [0.9, 0.9])
        #expect(lost.contains("Best: real, and 75% of the pool as it was named, 90.00%."))
        #expect(lost.contains("do not help: at best (real, and 50% synthetic) -1.00 points"))
        #expect(lost.contains("may be chance"))
    }
}

import Foundation
import Pictures
import Tensors
import Testing

@testable import Datasets

@Suite("Pictures beside others of their class")
struct ClassMatesTests {
    private let folder: String

    /// Pictures of one grey each: ten in each of two classes, twelve in a third, and one in a fourth.
    ///
    /// The greys of a class begin at a multiple of 20.
    init() throws {
        folder = NSTemporaryDirectory() + "mates-\(UUID().uuidString)"
        for (label, count) in [10, 10, 12, 1].enumerated() {
            let path = "\(folder)/class\(label)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            for number in 0..<count {
                try Picture(
                    width: 16, height: 16, channels: 1, background: UInt8(20 * label + number)
                ).write(to: "\(path)/\(number).png")
            }
        }
    }

    private func open(_ part: PicturePart) throws -> ClassMates {
        try ClassMates(path: folder, side: 16, part: part)
    }

    /// The greys of an example: that of the picture, and that of the other.
    private func greys(
        _ read: ([UnsafeMutablePointer<Float>]) throws -> Void
    ) rethrows -> (image: Int, given: Int) {
        let arrays = (0..<2).map { _ in NDArray(repeating: 0, shape: [3, 16, 16]) }
        try read(arrays.map(\.pointer))
        let greys = arrays.map { Int((($0.scalars[0] + 1) * 127.5).rounded()) }
        return (greys[0], greys[1])
    }

    @Test("The other is of the same class, never the picture itself, and all others come")
    func mates() throws {
        let mates = try open(.training)
        #expect(mates.fields.map(\.name) == ["image", "given"])
        var seen: [Int: Set<Int>] = [:]
        for position in 0..<4_000 {
            let pair = greys { mates.read(at: position, RandomSource(seed: 1), into: $0) }
            #expect(pair.image != pair.given && pair.image / 20 == pair.given / 20)
            seen[pair.image, default: []].insert(pair.given)
        }
        #expect(seen.count == mates.count)
        // Every tenth picture by name is held out, so nine, nine and eleven are left.
        for (image, others) in seen { #expect(others.count == (image < 40 ? 8 : 10), "\(image)") }
    }

    @Test("Each picture comes once an epoch, and its other depends on seed and position alone")
    func positions() throws {
        let mates = try open(.training)
        func pairs(_ seed: UInt64) -> [[Int]] {
            (0..<2 * mates.count).map { position in
                let pair = greys { mates.read(at: position, RandomSource(seed: seed), into: $0) }
                return [pair.image, pair.given]
            }
        }
        let found = pairs(1)
        #expect(Set(found.prefix(mates.count).map { $0[0] }).count == mates.count)
        #expect(found == pairs(1) && found != pairs(2))
        // In the next epoch pictures have other mates.
        let epochs = [found.prefix(mates.count), found.suffix(mates.count)].map {
            Dictionary(uniqueKeysWithValues: $0.map { ($0[0], $0[1]) })
        }
        #expect(epochs[0] != epochs[1])
    }

    @Test("A picture that is held out stands beside one that is trained on")
    func heldOut() throws {
        let (training, heldOut) = (try open(.training), try open(.heldOut))
        let trained = Set(
            (0..<training.count).map { index in
                greys { training.read(index, into: $0) }.image
            })
        #expect(heldOut.count == 3)
        for index in 0..<heldOut.count {
            let pair = greys { heldOut.read(index, into: $0) }
            #expect(!trained.contains(pair.image) && trained.contains(pair.given))
            #expect(pair.image / 20 == pair.given / 20)
        }
    }

    @Test("A class of one picture is passed over with a note, and pictures are left out by hash")
    func single() throws {
        let mates = try open(.training)
        #expect(mates.notes.contains { $0.contains("how its class varies: class3") })
        let images = try ImageFolder(path: folder).images(side: 16, part: .training, classes: 4)
        let left = try ClassMates(
            path: folder, side: 16, part: .training, leavingOut: [images.digest(0)])
        #expect(left.count == mates.count - 1 && left.manifest != mates.manifest)
        let shown = (0..<left.count).flatMap { index in
            let pair = greys { left.read(index, into: $0) }
            return [pair.image, pair.given]
        }
        #expect(!shown.contains(0))
        for label in 0..<3 {
            for number in 1..<12 {
                try? FileManager.default.removeItem(atPath: "\(folder)/class\(label)/\(number).png")
            }
        }
        let none = try #require(throws: DataError.self) { try open(.training) }
        #expect("\(none)".contains("with two pictures at least, found"), "\(none)")
    }
}

import Foundation
import Hashing
import Tensors
import Testing

@testable import Datasets

@Suite("Pictures that move")
struct MovingPicturesTests {
    private typealias Path = MovingPictures.Path

    private func places(_ motion: MovingPictures.Motion, _ draws: [Float]) -> [Path.Place] {
        let path = Path(motion, frames: 16, draws)
        return (0..<16).map(path.place)
    }

    private func extent(_ values: [Float]) -> Float { (values.max() ?? 0) - (values.min() ?? 0) }

    @Test("Each motion changes what its name says, and nothing else")
    func motions() {
        for seed in 0..<50 {
            let draws = RandomSource(seed: UInt64(seed)).uniform(5, at: .init(.data))
            for motion in MovingPictures.Motion.allCases {
                let places = places(motion, draws)
                let (across, down) = (extent(places.map(\.x)), extent(places.map(\.y)))
                let growth = extent(places.map(\.scale))
                switch motion {
                case .across: #expect(across > 0.4 && down == 0 && growth == 0)
                case .upAndDown: #expect(across == 0 && down > 0.4 && growth == 0)
                case .circle: #expect(across > 0.3 && down > 0.3 && growth == 0)
                case .swelling: #expect(across == 0 && down == 0 && growth > 0.4)
                }
                // The picture, half as wide as the frame, stays inside but for a little of its rim.
                #expect(places.allSatisfy { abs($0.x) <= 0.5 && abs($0.y) <= 0.5 })
            }
        }
    }

    @Test(
        "A clip is the same whenever it is read, and each picture comes in each motion",
        .enabled(if: FileManager.default.fileExists(atPath: clothes), "needs dataset-fashion-mnist")
    )
    func clips() throws {
        let pictures = try IDXImages(path: Self.clothes)
        func open(_ seed: UInt64, isHeldOut: Bool = false) -> MovingPictures {
            MovingPictures(
                pictures, side: 32, frames: 16, random: RandomSource(seed: seed),
                isHeldOut: isHeldOut, isLabelled: true)
        }
        let clips = open(1)
        #expect(clips.count == 4 * pictures.count)
        let batch = try clips.examples(0..<8)
        #expect(batch.labels == [0, 1, 2, 3, 0, 1, 2, 3])
        #expect(batch.values.shape == [8, 16, 1, 32, 32])
        #expect(try open(1).examples(0..<8).values.scalars == batch.values.scalars)
        #expect(try open(2).examples(0..<8).values.scalars != batch.values.scalars)
        #expect(open(2).manifest != clips.manifest)
        #expect(try open(1, isHeldOut: true).examples(0..<8).values.scalars != batch.values.scalars)
        #expect(batch.values.scalars.allSatisfy { $0 >= -1 && $0 <= 1 })
        // What every host must draw, to the last bit.
        var hash = SHA256()
        batch.values.scalars.withUnsafeBytes { hash.update($0) }
        #expect(
            "\(hash.finish())"
                == "89175ee2f152d37781f81f5f59187f34e93312f6db9d450854c4e126f2378baa")
    }

    private static let clothes = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
}

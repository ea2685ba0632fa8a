import Foundation
import Pictures
import Tensors
import Testing

@testable import Datasets

@Suite("Clips in folders of frames")
struct ClipFolderTests {
    private let folder = NSTemporaryDirectory() + "clips-\(UUID().uuidString)"

    /// Frames of one grey, which says their number in the clip.
    private func write(_ frames: Range<Int>, to clip: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder)/\(clip)", withIntermediateDirectories: true)
        for frame in frames {
            try Picture(width: 16, height: 16, channels: 1, background: UInt8(frame)).write(
                to: "\(folder)/\(clip)/\(frame).png")
        }
    }

    private func open(_ part: PicturePart, frames: Int = 3, stride: Int = 1) throws -> [[Int]] {
        let clips = try ClipFolder(
            path: folder, side: 16, frames: frames, stride: stride, part: part)
        return try (0..<clips.count).map { index in
            let scalars = try clips.examples([index]).values.scalars
            return (0..<frames).map { Int(((scalars[$0 * 768] + 1) * 127.5).rounded()) }
        }
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing was thrown"
    }

    @Test("An example is a stretch of frames in the order of their numbers")
    func stretches() throws {
        try write(0..<15, to: "film")
        // The last fifth, three frames, is held out.
        #expect(try open(.training) == (0..<10).map { [$0, $0 + 1, $0 + 2] })
        #expect(try open(.heldOut) == [[12, 13, 14]])
        #expect(try open(.training, stride: 4) == (0..<4).map { [$0, $0 + 4, $0 + 8] })
    }

    @Test("Of ten clips the last is held out, and none goes from one clip into the next")
    func everyTenth() throws {
        for clip in 0..<10 { try write((20 * clip)..<(20 * clip + 3), to: "clip\(clip)") }
        #expect(try open(.training) == (0..<9).map { [20 * $0, 20 * $0 + 1, 20 * $0 + 2] })
        #expect(try open(.heldOut) == [[180, 181, 182]])
    }

    @Test("No example goes across a damaged frame")
    func damaged() throws {
        try write(0..<20, to: "film")
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/film/5.png"))
        let found = try open(.training)
        #expect(found == ([0, 1, 2] + (6..<14)).map { [$0, $0 + 1, $0 + 2] })
        #expect(
            message {
                _ = try ClipFolder(
                    path: folder, side: 16, frames: 3, stride: 1, part: .training, isStrict: true)
            }.contains("film/5.png"))
    }

    @Test("What lacks is said")
    func missing() throws {
        #expect(message { _ = try open(.training) }.contains("expected a folder of clips"))
        try write(0..<2, to: "short")
        #expect(
            message { _ = try open(.training) }.contains(
                "expected a clip of 3 frames at least, found none"))
        try FileManager.default.removeItem(atPath: "\(folder)/short")
        #expect(message { _ = try open(.training) }.contains("ffmpeg"))
    }
}

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
        func open(_ seed: UInt64) -> MovingPictures {
            MovingPictures(
                pictures, side: 32, frames: 16, random: RandomSource(seed: seed), isLabelled: true)
        }
        let clips = open(1)
        #expect(clips.count == 4 * pictures.count)
        let batch = try clips.examples(0..<8)
        #expect(batch.labels == [0, 1, 2, 3, 0, 1, 2, 3])
        #expect(batch.values.shape == [8, 16, 1, 32, 32])
        #expect(try open(1).examples(0..<8).values.scalars == batch.values.scalars)
        #expect(try open(2).examples(0..<8).values.scalars != batch.values.scalars)
        #expect(open(2).manifest != clips.manifest)
        // Bytes that every host must draw.
        let sum = batch.values.scalars.reduce(0.0) { $0 + Double($1) }
        #expect(batch.values.scalars.allSatisfy { $0 >= -1 && $0 <= 1 } && sum > -8 * 16 * 1024)
    }

    private static let clothes = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
}

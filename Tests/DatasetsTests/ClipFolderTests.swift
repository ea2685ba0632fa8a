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

    @Test("Clips that are too short do not count, nor do pictures beside the folders")
    func short() throws {
        for clip in 0..<9 { try write(0..<10, to: "clip\(clip)") }
        try write(0..<2, to: "short")
        try write(0..<1, to: "")
        // Nine clips: the last two frames of each are held out, too few for three.
        #expect(try open(.training).count == 9 * 6)
        #expect(
            message { _ = try open(.heldOut) }.contains("the last fifth of each is held out"))
        let clips = try ClipFolder(path: folder, side: 16, frames: 3, stride: 1, part: .training)
        #expect(clips.notes.contains { $0.contains("1 clip of fewer than 3 frames") })
        #expect(clips.notes.contains { $0.contains("0 examples held out, and measuring needs 10") })
    }

    @Test("No example goes across a damaged frame")
    func damaged() throws {
        try write(0..<20, to: "film")
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/film/5.png"))
        let found = try open(.training)
        #expect(found == ([0, 1, 2] + (6..<14)).map { [$0, $0 + 1, $0 + 2] })
        #expect(try open(.training, stride: 3) == (6..<10).map { [$0, $0 + 3, $0 + 6] })
        #expect(
            message {
                _ = try ClipFolder(
                    path: folder, side: 16, frames: 3, stride: 1, part: .training, isStrict: true)
            }.contains("film/5.png"))
    }

    @Test("What lacks is said")
    func missing() throws {
        #expect(
            message { _ = try open(.training) }.contains(
                "expected a folder that has a folder of frames"))
        try write(0..<2, to: "short")
        #expect(
            message { _ = try open(.training) }.contains(
                "expected a clip of 3 frames at least, found 2 in the longest"))
        try FileManager.default.removeItem(atPath: "\(folder)/short")
        #expect(message { _ = try open(.training) }.contains("ffmpeg"))
    }
}

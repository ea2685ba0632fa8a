internal import Foundation
internal import Pictures
internal import Platform
public import Tensors

/// Samples `[frames, channels, height, width]` in -1...1 as an animated PNG, or as folders of frames.
public struct ClipDepiction: Depiction {
    /// The most clips that are shown together: all of their frames are in memory until the file is written.
    private static let mostTogether = 400

    public init() {}

    public func shows(_ shape: Shape) -> Bool { shape.rank == 4 }

    public var formats: [SampleFormat] {
        [
            SampleFormat(
                endings: ["png"], mostTogether: Self.mostTogether,
                together: { count, path, _ in MovingSheet(of: count, to: path) },
                alone: { sample, stem in
                    let there = try? FileManager.default.contentsOfDirectory(atPath: stem)
                    guard there?.isEmpty ?? true else {
                        throw EvaluationError(
                            "\(stem): expected no folder, or an empty one, for the frames of a clip, found files in it"
                        )
                    }
                    do { try makeFolder(stem) } catch {
                        throw EvaluationError(
                            "\(stem): expected a folder that can be made, found \(error)")
                    }
                    for (number, frame) in frames(of: sample)[0].enumerated() {
                        try frame.write(to: "\(stem)/\(String(format: "%04d", number)).png")
                    }
                })
        ]
    }
}

extension Depiction where Self == ClipDepiction {
    /// Clips, which move.
    public static var clip: Self { ClipDepiction() }
}

/// The frames of clips `[count, frames, channels, height, width]`, clip by clip.
private func frames(of clips: NDArray) -> [[Picture]] {
    let (count, frames) = (clips.shape[0], clips.shape[1])
    let pictures = Picture.images(
        Tensor(clips).reshaped(to: Shape([count * frames] + clips.shape.dropFirst(2))).value)
    return (0..<count).map { Array(pictures[($0 * frames)..<(($0 + 1) * frames)]) }
}

/// Clips in rows, two pixels apart, that move together without end.
private final class MovingSheet: SampleFile {
    private static let gap = 2
    /// 12.5 frames a second: slow enough to follow what moves.
    private static let milliseconds = 80
    private let path: String
    private let count: Int
    private let columns: Int
    private var sheets: [Picture] = []
    private var placed = 0

    init(of count: Int, to path: String) {
        (self.count, self.path) = (count, path)
        columns = SampleSheet.columns(for: count)
    }

    func add(_ samples: NDArray, beside others: [NDArray]) {
        let gap = Self.gap
        for clip in frames(of: samples) {
            let (width, height) = (clip[0].width + gap, clip[0].height + gap)
            if sheets.isEmpty {
                let rows = (count + columns - 1) / columns
                let empty = Picture(
                    width: columns * width + gap, height: rows * height + gap,
                    channels: clip[0].channels)
                sheets = Array(repeating: empty, count: clip.count)
            }
            let (row, column) = placed.quotientAndRemainder(dividingBy: columns)
            for (number, frame) in clip.enumerated() {
                sheets[number].place(frame, x: column * width + gap, y: row * height + gap)
            }
            placed += 1
        }
    }

    func finish() throws {
        precondition(placed == count, "\(placed) of \(count) samples were added")
        let film = try AnimatedPNG(
            path: path, width: sheets[0].width, height: sheets[0].height,
            channels: sheets[0].channels, milliseconds: Self.milliseconds)
        for sheet in sheets { try film.add(sheet) }
        try film.finish()
    }
}

internal import CKernels
internal import Foundation
internal import Hashing
internal import Platform
internal import Tensors

/// Clips in folders of frames: each folder below one that has pictures is a clip, and its pictures, in the order of their
/// names, are the frames.
///
/// An example is a stretch of consecutive frames, or of every second, third … one, `[frames, 3, side, side]` in -1...1. With
/// ten clips or more, every tenth is held out; with fewer, the last fifth of each.
public struct ClipFolder: Dataset {
    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    public let notes: [String]
    private let pixels: PixelMemory
    private let side: Int
    private let frames: Int
    private let stride: Int
    /// The row of the first frame of each stretch.
    private let starts: [Int]

    /// - Parameters:
    ///   - path: The folder that has the folders of frames.
    ///   - side: Pixels a side of a frame, which is the middle square of each picture.
    ///   - frames: How many frames a stretch has.
    ///   - stride: How far its frames are apart.
    /// - Throws: ``DataError`` if there are no such clips.
    public init(
        path: String, side: Int, frames: Int, stride: Int, part: PicturePart,
        isStrict: Bool = false,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw DataError("\(path): expected a folder of clips, found none")
        }
        let found = try PictureFiles(below: path)
        let clips = Self.clips(found.files)
        guard !clips.isEmpty else {
            throw DataError(
                "\(path): expected folders of frames, as in clip1/0001.png, found none; 'ffmpeg -i clip1.mp4 clip1/%04d.png' makes them of a film"
            )
        }
        let files = clips.flatMap(\.self)
        let decoded = try DecodedPictures(files, below: path, side: side, say: say)
        var passedOver = found.passedOver
        for (row, file) in files.enumerated() {
            if let problem = decoded.problem(row) { passedOver.add(problem.reason, file.path) }
        }
        guard !isStrict || passedOver.isEmpty else {
            throw DataError(
                "\(path): expected whole frames alone, found \(passedOver.description); without --strict no clip goes across them"
            )
        }
        let reach = (frames - 1) * stride + 1
        var (starts, first, tooShort) = ([Int](), 0, 0)
        for (number, clip) in clips.enumerated() {
            let own = Self.rows(of: clip.count, number, among: clips.count, in: part)
            let possible = own.dropLast(min(own.count, reach - 1)).filter { start in
                Swift.stride(from: start, to: start + reach, by: stride).allSatisfy {
                    decoded.problem(first + $0) == nil
                }
            }
            if clip.count < reach { tooShort += 1 }
            starts += possible.map { first + $0 }
            first += clip.count
        }
        guard !starts.isEmpty else {
            throw DataError(
                "\(path): expected a clip of \(reach) frames at least\(part == .heldOut ? " among those that are held out" : ""), found none; frames=N and stride=N say how many an example needs"
            )
        }
        var notes = [
            "\(path): \(counted(clips.count, "clip")), \(counted(starts.count, "example")) of \(frames) frames"
        ]
        if tooShort > 0 {
            notes.append(
                "\(path): \(counted(tooShort, "clip")) of fewer than \(reach) frames passed over")
        }
        if !passedOver.isEmpty {
            notes.append("\(path): passed over: \(passedOver.description); --strict refuses them")
        }
        self.notes = notes
        (self.side, self.frames, self.stride) = (side, frames, stride)
        self.starts = starts
        pixels = decoded.memory
        count = starts.count
        fields = [.clip([frames, 3, side, side])]
        var hash = SHA256()
        hash.update("clips of \(frames) x \(stride) x \(side) at \(starts)\n")
        for row in files.indices where decoded.problem(row) == nil {
            hash.update(UnsafeRawBufferPointer(decoded.memory[row, of: 3 * side * side]))
        }
        manifest = DataManifest(count: count, digest: hash.finish())
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && index < count)
        let size = 3 * side * side
        for frame in 0..<frames {
            let row = pixels[starts[index] + frame * stride, of: size]
            kernel_bytes_to_floats(
                size, arrays[0] + frame * size, row.assumingMemoryBound(to: UInt8.self).baseAddress,
                2 / 255, -1)
        }
    }

    /// The frames of each clip in their order, in which 10 comes after 9.
    private static func clips(_ files: [PictureFiles.File]) -> [[PictureFiles.File]] {
        func folder(_ file: PictureFiles.File) -> String {
            (file.path as NSString).deletingLastPathComponent
        }
        let clips = Dictionary(grouping: files, by: folder)
        return clips.keys.sorted().map { name in
            (clips[name] ?? []).sorted {
                switch $0.path.compare($1.path, options: .numeric) {
                case .orderedAscending: true
                case .orderedDescending: false
                case .orderedSame: $0.path < $1.path
                }
            }
        }
    }

    /// The frames of a clip that belong to a part.
    private static func rows(
        of frames: Int, _ number: Int, among clips: Int, in part: PicturePart
    ) -> Range<Int> {
        guard clips < 10 else { return part.contains(number) ? 0..<frames : 0..<0 }
        let cut = frames - frames / 5
        return switch part {
        case .training: 0..<cut
        case .heldOut: cut..<frames
        case .all: 0..<frames
        }
    }
}

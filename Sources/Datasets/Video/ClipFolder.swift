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
    /// Fewer held-out examples are too few to measure by.
    private static let leastHeldOut = 10

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
    ///   - part: Which of the clips, or of their frames, are read.
    ///   - isStrict: Whether a frame that is no whole picture is refused; otherwise no example goes across it.
    ///   - say: Is told how far reading is, if it takes time.
    /// - Throws: ``DataError`` if there are no such clips.
    public init(
        path: String, side: Int, frames: Int, stride: Int, part: PicturePart,
        isStrict: Bool = false,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        precondition(frames > 1 && stride > 0 && side > 0)
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard isFolder.boolValue else {
            throw DataError(
                "\(path): expected a folder that has a folder of frames for each clip, found \(isThere ? "a file" : "none")"
            )
        }
        let found = try PictureFiles(below: path)
        let all = clips(found.files)
        let reach = (frames - 1) * stride + 1
        let long = all.filter { $0.count >= reach }
        guard !long.isEmpty else {
            let longest = all.map(\.count).max()
            throw DataError(
                longest.map {
                    "\(path): expected a clip of \(reach) frames at least, found \($0) in the longest; frames=N and stride=N say how many an example needs"
                }
                    ?? "\(path): expected folders of frames, as in clip1/0001.png, found none; 'mkdir clip1 && ffmpeg -i clip1.mp4 clip1/%04d.png' makes them of a film"
            )
        }
        let files = long.flatMap(\.self)
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
        let lengths = long.map(\.count)
        func starts(in part: PicturePart) -> [Int] {
            stretches(of: lengths, reach: reach, in: part) { decoded.problem($0) == nil }
        }
        self.starts = starts(in: part)
        guard !self.starts.isEmpty else {
            throw DataError(
                "\(path): expected clips long enough for examples of \(reach) frames\(part == .heldOut ? " in what is held out" : ""), found \(lengths.max() ?? 0) in the longest; \(howHeldOut(lengths.count))"
            )
        }
        var notes = [
            "\(path): \(counted(long.count, "clip")), \(counted(self.starts.count, "example")) of \(frames) frames"
        ]
        let others = all.count - long.count
        if others > 0 {
            notes.append(
                "\(path): \(counted(others, "clip")) of fewer than \(reach) frames passed over")
        }
        if !passedOver.isEmpty {
            notes.append("\(path): passed over: \(passedOver.description); --strict refuses them")
        }
        let heldOut = starts(in: .heldOut).count
        if part == .training && heldOut < Self.leastHeldOut {
            notes.append(
                "\(path): \(counted(heldOut, "example")) held out, and measuring needs \(Self.leastHeldOut); \(howHeldOut(lengths.count))"
            )
        }
        if let run = found.runs.first {
            notes.append(
                "\(path): \(run.isEmpty ? "samples of the run there are" : "\(shown(run)), the folder of a run, is") not among the clips"
            )
        }
        self.notes = notes
        (self.side, self.frames, self.stride) = (side, frames, stride)
        pixels = decoded.memory
        count = self.starts.count
        fields = [.clip([frames, 3, side, side])]
        var hash = SHA256()
        hash.update("clips of \(frames) x \(stride) x \(side) at \(self.starts)\n")
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
}

/// The frames of each clip in their order, in which 10 comes after 9.
///
/// Pictures that are in no folder are a clip only where there are no others.
private func clips(_ files: [PictureFiles.File]) -> [[PictureFiles.File]] {
    // Two forms of Unicode are equal as text, so bytes tell folders apart.
    func folder(_ file: PictureFiles.File) -> [UInt8] {
        Array((file.path as NSString).deletingLastPathComponent.utf8)
    }
    var clips = Dictionary(grouping: files, by: folder)
    if clips.count > 1 { clips[[]] = nil }
    return clips.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { name in
        (clips[name] ?? []).map { (file: $0, key: sortKey($0.path)) }.sorted {
            $0.key.lexicographicallyPrecedes($1.key)
        }.map(\.file)
    }
}

/// Bytes whose order is that of names in which numbers count as numbers: before each come the bytes of its length.
private func sortKey(_ name: String) -> [UInt8] {
    var key: [UInt8] = []
    var digits: [UInt8] = []
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    func endNumber() {
        guard !digits.isEmpty else { return }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        key += [UInt8(ascii: "0"), UInt8(min(255, significant.count))] + significant
        digits = []
    }
    for byte in name.utf8 {
        if isDigit(byte) {
            digits.append(byte)
        } else {
            endNumber()
            key.append(byte)
        }
    }
    endNumber()
    // Names that differ only by zeros keep an order.
    return key + [0] + Array(name.utf8)
}

/// The first frames of all stretches of a part, as rows of the frames of all clips.
///
/// - Parameter isWhole: Whether a row can be read.
private func stretches(
    of lengths: [Int], reach: Int, in part: PicturePart, _ isWhole: (Int) -> Bool
) -> [Int] {
    var (starts, first) = ([Int](), 0)
    for (number, length) in lengths.enumerated() {
        // How many whole frames end here.
        var whole = 0
        for row in rows(of: length, number, among: lengths.count, in: part) {
            whole = isWhole(first + row) ? whole + 1 : 0
            if whole >= reach { starts.append(first + row - reach + 1) }
        }
        first += length
    }
    return starts
}

/// The frames of a clip that belong to a part.
private func rows(of frames: Int, _ number: Int, among clips: Int, in part: PicturePart) -> Range<
    Int
> {
    guard clips < 10 else { return part.contains(number) ? 0..<frames : 0..<0 }
    let cut = frames - frames / 5
    return switch part {
    case .training: 0..<cut
    case .heldOut: cut..<frames
    case .all: 0..<frames
    }
}

private func howHeldOut(_ clips: Int) -> String {
    clips < 10
        ? "of fewer than ten clips the last fifth of each is held out"
        : "of ten clips or more every tenth is held out"
}

internal import Foundation
internal import Hashing
internal import Pictures
internal import Platform
internal import Synchronization

/// Pictures of files as squares of one size, `[3, side, side]` each, kept once on each host.
struct DecodedPictures: Sendable {
    /// The most pixels of full size that are in memory at once: five photographs of 24 megapixels.
    private static let budget = PixelBudget(1 << 27)
    /// The most bytes of a file: the size of the largest picture without compression, and as much again.
    private static let largestFile = 1 << 30

    /// The pictures, one in each row.
    let memory: PixelMemory
    private let count: Int
    private let size: Int

    /// Decodes the files, or finds what another process of this host has decoded from the same files.
    ///
    /// - Parameter say: Is told every few seconds how far decoding is.
    /// - Throws: ``DataError`` if there is room for the pictures neither on disk nor in memory.
    init(
        _ files: [PictureFiles.File], below root: String, side: Int,
        say: @escaping @Sendable (String) -> Void
    ) throws {
        count = files.count
        size = 3 * side * side
        // After the pictures come one byte for each that says how decoding went, and one that says that all are there.
        let bytes = count * size + count + 1
        var key = SHA256()
        key.update("pictures 1 \(side)\n")
        for file in files { key.update("\(file.state)\n") }
        let file = SharedFile(key: String("\(key.finish())".prefix(32)))
        func fill(_ memory: PixelMemory) {
            Self.decode(files, below: root, side: side, into: memory, say)
        }
        if let shared = try file.opened(
            count: bytes,
            waits: { say("\(root): another process is reading these pictures; this one waits") },
            make: fill)
        {
            memory = shared
            return
        }
        let mebibytes = (bytes + (1 << 20) - 1) >> 20
        guard let own = PixelMemory(count: bytes) else {
            throw DataError(
                "\(root): expected room for \(counted(count, "picture")), \(mebibytes) MiB, in \(NSTemporaryDirectory()) or in memory, found none; TMPDIR names another folder, and a smaller resolution needs less"
            )
        }
        say(
            "\(NSTemporaryDirectory()): no file of \(mebibytes) MiB can be made there for processes to share; this one keeps its pictures in memory"
        )
        fill(own)
        memory = own
    }

    /// The reason why there is no picture in row `row`; nil if there is one.
    func problem(_ row: Int) -> UnreadPicture? {
        UnreadPicture(rawValue: memory.bytes[count * size + row])
    }

    private static func decode(
        _ files: [PictureFiles.File], below root: String, side: Int, into memory: PixelMemory,
        _ say: @escaping @Sendable (String) -> Void
    ) {
        let size = 3 * side * side
        let progress = Mutex((done: 0, said: ContinuousClock.now))
        DispatchQueue.concurrentPerform(iterations: files.count) { row in
            let path = "\(root)/\(files[row].path)"
            do throws(UnreadPicture) {
                try decode(path, side: side, into: memory[row, of: size])
            } catch { memory.bytes[files.count * size + row] = error.rawValue }
            let done: Int? = progress.withLock { progress in
                progress.done += 1
                guard progress.said.duration(to: .now) >= .seconds(3) else { return nil }
                progress.said = .now
                return progress.done
            }
            if let done { say("\(root): \(done) of \(files.count) pictures read") }
        }
    }

    private static func decode(
        _ path: String, side: Int, into square: UnsafeMutableRawBufferPointer
    ) throws(UnreadPicture) {
        let content: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            // An empty file has no bytes to map.
            content = try file.read(upToCount: largestFile + 1) ?? Data()
        } catch { throw .unreadable }
        guard content.count <= largestFile else { throw .tooLarge }
        var taken = 0
        defer { budget.giveBack(taken) }
        let found = content.withUnsafeBytes { bytes -> Result<RGBImage, UnreadPicture> in
            Result { () throws(UnreadPicture) in
                try RGBImage(decoding: bytes) { pixels in
                    guard pixels <= RGBImage.largest else { return false }
                    budget.take(pixels)
                    taken = pixels
                    return true
                }
            }
        }
        try found.get().writeSquare(side: side, to: square)
    }
}

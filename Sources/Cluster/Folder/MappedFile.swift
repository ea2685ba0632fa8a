internal import Foundation

/// A file's bytes where the system keeps them, so that one of gigabytes takes no room beside what is made of it.
final class MappedFile {
    let bytes: UnsafeRawBufferPointer

    /// - Returns: nil for a file that cannot be read.
    init?(path: String) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var state = stat()
        guard fstat(file, &state) == 0 else { return nil }
        // An empty file cannot be mapped with its own size.
        let start = mmap(nil, max(1, state.st_size), PROT_READ, MAP_PRIVATE, file, 0)
        guard let start, start != MAP_FAILED else { return nil }
        bytes = UnsafeRawBufferPointer(start: start, count: state.st_size)
    }

    /// Reads all bytes in their order, and holds few of them at a time.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
        let most = 1 << 23
        for start in stride(from: 0, to: bytes.count, by: most) {
            let piece = UnsafeRawBufferPointer(
                rebasing: bytes[start..<min(start + most, bytes.count)])
            body(piece)
            letGo(piece)
        }
    }

    /// Lets go of a part of the bytes.
    ///
    /// Nothing was written to them, so a later read gets them from the file again.
    func letGo(_ part: UnsafeRawBufferPointer) {
        guard let start = part.baseAddress else { return }
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let before = UInt(bitPattern: start) % page
        madvise(
            UnsafeMutableRawPointer(mutating: start - Int(before)), part.count + Int(before),
            MADV_DONTNEED)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), max(1, bytes.count)) }
}

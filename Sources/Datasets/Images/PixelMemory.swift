internal import Foundation

/// Bytes outside the heap, zero at first, that go away with their last user: a file's, which processes share, or this process's own.
final class PixelMemory: @unchecked Sendable {
    // Whoever makes it writes before anybody else reads.
    let bytes: UnsafeMutableRawBufferPointer
    private let file: Int32?

    /// - Parameter file: An open file of that length at least, which it closes in the end; nil: memory of its own.
    /// - Returns: nil where the system refuses.
    init?(count: Int, file: Int32? = nil) {
        self.file = file
        let flags = file == nil ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED
        let start = mmap(nil, max(1, count), PROT_READ | PROT_WRITE, flags, file ?? -1, 0)
        guard let start, start != MAP_FAILED else {
            if let file { close(file) }
            return nil
        }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    convenience init?(copying content: [UInt8]) {
        self.init(count: content.count)
        bytes.copyBytes(from: content)
    }

    /// The bytes of row `row`, where each has `size`.
    subscript(row: Int, of size: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: bytes[(row * size)..<((row + 1) * size)])
    }

    /// Ends all writing: by a stray one, a process would change what others read.
    func seal() { mprotect(bytes.baseAddress, max(1, bytes.count), PROT_READ) }

    deinit {
        munmap(bytes.baseAddress, max(1, bytes.count))
        if let file { close(file) }
    }
}

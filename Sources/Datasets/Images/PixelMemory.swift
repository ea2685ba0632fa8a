internal import Foundation

/// Bytes outside the heap, zero at first, that disappear with their last user: those of a file, which processes share,
/// or this process's own.
final class PixelMemory: @unchecked Sendable {
    // The creator writes before any other code reads.
    let bytes: UnsafeMutableRawBufferPointer
    private let file: Int32?

    /// - Parameter file: An open file of at least that length, which is closed in the end; nil for memory of its own.
    /// - Returns: Nil if the system refuses.
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

    /// The bytes of row `row`, if each row has `size` bytes.
    subscript(row: Int, of size: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: bytes[(row * size)..<((row + 1) * size)])
    }

    /// Forbids all further writing, because a stray write would change what other processes read.
    func seal() { mprotect(bytes.baseAddress, max(1, bytes.count), PROT_READ) }

    deinit {
        munmap(bytes.baseAddress, max(1, bytes.count))
        if let file { close(file) }
    }
}

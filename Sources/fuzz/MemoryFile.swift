internal import Foundation

/// A file in memory, for decoders that read by path.
final class MemoryFile: Sendable {
    let path: String
    private let descriptor: Int32

    init() {
        var name = Array("/dev/shm/swiftgan-fuzz-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        precondition(descriptor >= 0, "expected a file in /dev/shm, found errno \(errno)")
        // Without a name it goes away with this process, however that ends.
        unlink(name)
        path = "/proc/self/fd/\(descriptor)"
    }

    /// Replaces what is in it.
    func write(_ bytes: UnsafeRawBufferPointer) {
        let isEmpty = ftruncate(descriptor, 0) == 0
        let written = pwrite(descriptor, bytes.baseAddress, bytes.count, 0)
        precondition(
            isEmpty && written == bytes.count, "expected room in /dev/shm, found errno \(errno)")
    }

    func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes(write) }

    var content: [UInt8] { FileManager.default.contents(atPath: path).map { Array($0) } ?? [] }
}

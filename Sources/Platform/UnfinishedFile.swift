package import Foundation
internal import Synchronization

/// A file that is written under a name of its own until it is complete.
///
/// If it is never completed, nothing of it is left.
package final class UnfinishedFile: Sendable {
    /// The paths of all unfinished files of this process.
    private static let all = Mutex<Set<String>>([])

    /// The file's path until it is complete.
    package let path: String
    private let final: String

    /// - Parameter final: The path that it gets in the end.
    package init(_ final: String) {
        self.final = final
        path = Self.path(of: final)
        Self.all.withLock { [path] in _ = $0.insert(path) }
    }

    /// The path of a file until it is complete.
    package static func path(of final: String) -> String { "\(final).part" }

    /// Makes the file, empty, and opens it for writing.
    ///
    /// - Returns: Its descriptor, which the caller closes; below 0 if the system refuses, and `errno` says why.
    package func create() -> Int32 { open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }

    /// Gives the file its final name, and replaces any file of that name.
    ///
    /// - Returns: Whether the system did so; if not, `errno` says why.
    package func finish() -> Bool { rename(path, final) == 0 }

    /// Removes all unfinished files, before the process ends at once.
    package static func removeAll() {
        for path in all.withLock({ $0 }) { unlink(path) }
    }

    /// Writes a whole file, or nothing.
    package static func write(_ content: Data, to path: String) throws(FileRefusal) {
        let unfinished = UnfinishedFile(path)
        let file = unfinished.create()
        guard file >= 0 else { throw .system() }
        defer { close(file) }
        guard content.withUnsafeBytes({ writeAll($0, to: file) }), unfinished.finish() else {
            throw .system()
        }
    }

    deinit {
        // A finished file is no longer at this path.
        unlink(path)
        Self.all.withLock { [path] in _ = $0.remove(path) }
    }
}

/// Writes all bytes to a descriptor.
///
/// - Returns: Whether the system took them; `errno` says why it did not.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let written = write(file, rest.baseAddress, rest.count)
        guard written > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return true
}

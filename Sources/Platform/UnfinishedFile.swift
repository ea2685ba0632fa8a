package import Foundation
internal import Synchronization

/// A file that is being written under a name of its own, until it is whole.
///
/// Where it does not come to that, nothing of it is left.
package final class UnfinishedFile: Sendable {
    /// All of this process.
    private static let all = Mutex<Set<String>>([])

    /// What it is called until then.
    package let path: String
    private let final: String

    /// - Parameter final: The name that it is to have.
    package init(_ final: String) {
        self.final = final
        path = "\(final).part"
        Self.all.withLock { [path] in _ = $0.insert(path) }
    }

    /// Gives it its name; what had that name is replaced.
    ///
    /// - Returns: Whether the system did, which says otherwise why not.
    package func finish() -> Bool { rename(path, final) == 0 }

    /// Removes what is not whole, before the process ends at once.
    package static func removeAll() {
        for path in all.withLock({ $0 }) { unlink(path) }
    }

    /// Writes a whole file, or nothing.
    package static func write(_ content: Data, to path: String) throws(FileRefusal) {
        let unfinished = UnfinishedFile(path)
        let file = open(unfinished.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .system() }
        defer { close(file) }
        var rest = content[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { throw .system() }
            rest = rest.dropFirst(written)
        }
        guard unfinished.finish() else { throw .system() }
    }

    deinit {
        // What has its name is not there any more.
        unlink(path)
        Self.all.withLock { [path] in _ = $0.remove(path) }
    }
}

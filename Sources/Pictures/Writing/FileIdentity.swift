internal import Foundation

/// What tells a file from all others of this machine, by whatever name or link it is reached.
struct FileIdentity: Hashable, Sendable {
    private let device: UInt
    private let number: UInt

    /// - Returns: Nil if there is no file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
    }
}

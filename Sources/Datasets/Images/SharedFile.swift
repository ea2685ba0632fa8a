internal import Foundation

/// A file without a name that all processes of one user on a host share by a key; it disappears with the last of them,
/// however they end.
///
/// /proc tells which processes have it open. Where /proc does not show them, as across containers, each process has a
/// file of its own.
struct SharedFile {
    private let key: String
    private let name: String

    /// - Parameter key: Letters and digits that no other content has.
    init(key: String) {
        self.key = key
        name = "swiftgan-pictures-\(key)-"
    }

    /// Opens the file for reading and writing, with this content.
    ///
    /// - Parameters:
    ///   - count: The number of its bytes; the last byte says whether the content is complete.
    ///   - waits: Is called once if another process is making the file.
    ///   - make: Makes the content. If it throws, this attempt ends, and another process may try.
    /// - Returns: Nil if there is no room for the file.
    func opened(
        count: Int, waits: () -> Void, make: (PixelMemory) throws -> Void
    ) throws -> PixelMemory? {
        var isWaiting = false
        while true {
            if let found = found(count: count) { return found }
            guard let turn = turn() else {
                if !isWaiting { waits() }
                isWaiting = true
                usleep(100_000)
                continue
            }
            defer { close(turn) }
            if let found = found(count: count) { return found }
            guard let file = created(count: count),
                let memory = PixelMemory(count: count, file: file)
            else { return nil }
            try make(memory)
            memory.bytes[count - 1] = Self.isDone
            memory.seal()
            return memory
        }
    }

    private static let isDone: UInt8 = 1

    /// A socket whose name only one process can have at a time, and which is free again once that process has ended.
    private func turn() -> Int32? {
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = Array("\0swiftgan-\(geteuid())-\(key)".utf8.prefix(100))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + text.count)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 }
        }
        // Without sockets, processes cannot wait for each other.
        if isBound || errno != EADDRINUSE { return socket }
        close(socket)
        return nil
    }

    /// A new file with room for this many bytes, so that no later write finds the disk full.
    private func created(count: Int) -> Int32? {
        let path = "\(NSTemporaryDirectory())/\(name)\(UUID().uuidString)"
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        unlink(path)
        guard posix_fallocate(file, 0, off_t(count)) == 0 else {
            close(file)
            return nil
        }
        return file
    }

    /// The file, if another process has made it.
    private func found(count: Int) -> PixelMemory? {
        let manager = FileManager.default
        for process in (try? manager.contentsOfDirectory(atPath: "/proc")) ?? [] {
            let folder = "/proc/\(process)/fd"
            guard Int(process) != nil, let files = try? manager.contentsOfDirectory(atPath: folder)
            else { continue }
            for file in files {
                let link = "\(folder)/\(file)"
                guard let target = try? manager.destinationOfSymbolicLink(atPath: link),
                    target.contains("/\(name)"), let memory = Self.done(link, count: count)
                else { continue }
                return memory
            }
        }
        return nil
    }

    private static func done(_ path: String, count: Int) -> PixelMemory? {
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
        var state = stat()
        var last: UInt8 = 0
        // Another user could cut the file short while we read it.
        guard fstat(file, &state) == 0, state.st_uid == geteuid(), state.st_size == count,
            pread(file, &last, 1, off_t(count - 1)) == 1, last == isDone
        else {
            close(file)
            return nil
        }
        let memory = PixelMemory(count: count, file: file)
        memory?.seal()
        return memory
    }
}

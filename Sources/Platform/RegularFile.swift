package import Foundation

/// A file that is opened to be read from beginning to end.
///
/// A folder has no such bytes, and a pipe or a device may make its reader wait, or read, for ever.
package struct RegularFile: ~Copyable {
    package let descriptor: Int32
    /// The number of bytes when the file was opened.
    package let size: Int

    /// - Throws: ``FileRefusal`` if it cannot be opened, or is something else.
    package init(path: String) throws(FileRefusal) {
        // The file is opened without waiting for a pipe's writer; reading files is as usual.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system() }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileRefusal(Self.kind(status.st_mode))
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }

    /// The bytes of a whole file.
    ///
    /// - Throws: ``FileRefusal``, also if there are more than `most` bytes.
    package static func content(of path: String, most: Int = 1 << 30) throws(FileRefusal) -> Data {
        let file = try RegularFile(path: path)
        guard file.size <= most else {
            throw FileRefusal("\(file.size) bytes, which are more than \(most)")
        }
        var content = Data()
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(file.descriptor, &piece, piece.count)
            guard count >= 0 else { throw .system() }
            if count == 0 { return content }
            content.append(contentsOf: piece[..<count])
        }
    }

    /// Hands over the descriptor, which the caller must close.
    package consuming func released() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    deinit { close(descriptor) }
}

/// What was found in place of a file that can be read or written.
package struct FileRefusal: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// The system's reason.
    static func system(code: Int32 = errno) -> FileRefusal {
        FileRefusal(String(cString: strerror(code)))
    }
}

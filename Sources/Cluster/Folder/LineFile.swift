internal import Foundation

/// A file that lines are added to, each whole or not at all.
final class LineFile {
    let path: String
    private let file: Int32
    private var length: off_t

    /// Opens it at its end, or makes it.
    ///
    /// A line that was cut short, as by a crash, is taken off.
    init(path: String) throws {
        self.path = path
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FolderError.system("\(path): cannot be opened") }
        length = lseek(file, 0, SEEK_END)
        var last: UInt8 = 0
        while length > 0, pread(file, &last, 1, length - 1) == 1, last != UInt8(ascii: "\n") {
            length -= 1
        }
        ftruncate(file, length)
    }

    /// - Throws: ``FolderError``; the file is then as it was.
    func append(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        let written = pwrite(file, bytes, bytes.count, length)
        guard written == bytes.count else {
            let error = FolderError.system(
                "\(path): cannot be written", code: written < 0 ? errno : ENOSPC)
            ftruncate(file, length)
            throw error
        }
        length += off_t(written)
    }

    deinit { close(file) }
}

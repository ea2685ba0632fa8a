internal import Foundation

/// A file that lines are added to, each whole or not at all.
final class LineFile {
    let path: String
    private let file: Int32
    private(set) var length: off_t
    private var isSynced = true

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
        var written = 0
        // A line that is cut short is gone on with: then the system says why.
        while written < bytes.count {
            let rest = Array(bytes[written...])
            let count = pwrite(file, rest, rest.count, length + off_t(written))
            guard count > 0 else {
                let error = FolderError.system(
                    "\(path): cannot be written", code: count < 0 ? errno : ENOSPC)
                ftruncate(file, length)
                throw error
            }
            written += count
        }
        length += off_t(written)
        isSynced = false
    }

    /// Waits until all lines are on the disk itself.
    func sync() throws {
        guard !isSynced else { return }
        guard fdatasync(file) == 0 else { throw FolderError.system("\(path): cannot be written") }
        isSynced = true
    }

    /// Takes lines off the end, as long as `isDropped` says so.
    ///
    /// Reads no more than it takes off, and one line: files grow with a run, and this must not.
    ///
    /// - Returns: The line that is the last then; nil where none is left.
    @discardableResult
    func dropLast(while isDropped: (String) -> Bool) -> String? {
        defer { ftruncate(file, length) }
        while let bytes = line(before: length) {
            let line = String(decoding: bytes, as: UTF8.self)
            guard isDropped(line) else { return line }
            length -= off_t(bytes.count + 1)
        }
        return nil
    }

    /// What is found in the last line that has it.
    func last<Found>(_ find: (String) -> Found?) -> Found? {
        var end = length
        while let bytes = line(before: end) {
            if let found = find(String(decoding: bytes, as: UTF8.self)) { return found }
            end -= off_t(bytes.count + 1)
        }
        return nil
    }

    /// The line that ends there.
    private func line(before end: off_t) -> [UInt8]? {
        guard end > 0 else { return nil }
        var bytes: [UInt8] = []
        // Without the newline that ends it, until the one before it.
        var start = end - 1
        while start > 0 {
            let size = min(4096, start)
            var block = [UInt8](repeating: 0, count: Int(size))
            guard pread(file, &block, block.count, start - size) == block.count else { return nil }
            if let newline = block.lastIndex(of: UInt8(ascii: "\n")) {
                bytes = Array(block[(newline + 1)...]) + bytes
                break
            }
            bytes = block + bytes
            start -= size
        }
        return bytes
    }

    deinit { close(file) }
}

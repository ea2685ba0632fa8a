internal import CZlib
internal import Platform

/// A file, gzipped or not, that is read from its beginning; the size that it claims costs no memory until the bytes are
/// there.
struct InflatedFile: ~Copyable {
    private let path: String
    private let file: gzFile
    /// The most bytes that can be left; deflate makes at most 1,032 bytes of one.
    private var most: Int

    /// - Throws: ``DataError`` if there is no file to read.
    init(path: String) throws {
        let source = try Self.source(path)
        // A file may have holes, and claim a size that is too large to multiply.
        let most = min(source.size, 1 << 50) * 1_032
        guard let file = gzdopen(source.released(), "rb") else {
            throw DataError("\(path): expected memory for reading it, found none")
        }
        self.path = path
        self.file = file
        self.most = most
        gzbuffer(file, 1 << 18)
    }

    private static func source(_ path: String) throws -> RegularFile {
        do { return try RegularFile(path: path) } catch {
            throw DataError("\(path): expected a readable file, found \(error)")
        }
    }

    /// The next bytes: `count` of them, or all that are left.
    ///
    /// - Throws: ``DataError`` for a damaged stream.
    mutating func read(_ count: Int) throws -> [UInt8] {
        let wanted = min(count, most)
        let bytes = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted, let start = buffer.baseAddress {
                // zlib counts in 32 bits.
                let read = gzread(file, start + filled, UInt32(min(wanted - filled, 1 << 30)))
                if read <= 0 { break }
                filled += Int(read)
            }
            try check(after: filled)
        }
        most -= bytes.count
        return bytes
    }

    private borrowing func check(after count: Int) throws {
        var code: Int32 = 0
        let reason = gzerror(file, &code).map { String(cString: $0) } ?? ""
        guard code == Z_OK || code == Z_STREAM_END else {
            throw DataError(
                "\(path): expected a whole gzip stream, found an error after \(count) bytes (\(reason)); the file is damaged or cut short"
            )
        }
    }

    deinit { gzclose(file) }
}

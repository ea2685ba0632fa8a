internal import CJPEG
internal import Platform

/// A JPEG file that is written row by row, so that only the rows at hand are in memory.
///
/// It gets its name once it is complete.
final class JPEGFile: RowFile {
    private let path: String
    private let unfinished: UnfinishedFile
    private let rowBytes: Int
    private let writer: OpaquePointer

    /// - Parameter form: Of 8 bits, without opacity.
    init(path: String, width: Int, height: Int, form: PictureForm) throws {
        precondition(form.bits == 8 && !form.hasAlpha && max(width, height) <= Int32.max)
        self.path = path
        let unfinished = UnfinishedFile(path)
        self.unfinished = unfinished
        rowBytes = width * form.channels
        let icc = form.colours.icc(forGrey: form.isGrey)
        let begun = icc.withUnsafeBufferPointer { icc in
            swiftgan_jpeg_begin(
                unfinished.path, width, height, Int32(form.channels),
                icc.isEmpty ? nil : icc.baseAddress, icc.count)
        }
        guard let begun else { throw PictureError("\(path): no memory for writing a JPEG") }
        writer = begun
        if swiftgan_jpeg_reason(writer) != nil { throw error("of \(width) x \(height) ") }
    }

    func write(_ rows: UnsafeRawBufferPointer) throws {
        precondition(rows.count % rowBytes == 0, "\(rows.count) bytes are no rows of \(rowBytes)")
        let pixels = rows.assumingMemoryBound(to: UInt8.self).baseAddress
        guard swiftgan_jpeg_rows(writer, pixels, rowBytes, rows.count / rowBytes) != 0 else {
            throw error()
        }
    }

    func finish() throws {
        guard swiftgan_jpeg_end(writer) != 0 else { throw error() }
        try unfinished.finishPicture(path)
    }

    private func error(_ size: String = "") -> PictureError {
        let reason = swiftgan_jpeg_reason(writer).map { String(cString: $0) } ?? "unknown"
        return PictureError("\(path): cannot write a JPEG \(size)here: \(reason)")
    }

    deinit { swiftgan_jpeg_release(writer) }
}

internal import CPNG
internal import Platform

/// A PNG file that is written row by row, so that only the rows at hand are in memory.
///
/// It gets its name once it is complete.
package final class PNGFile: RowFile {
    private let path: String
    private let unfinished: UnfinishedFile
    private let rowBytes: Int
    private let writer: OpaquePointer

    /// - Parameter channels: 1 for grey; 3 for red, green and blue; one byte each, of the colours of screens.
    package convenience init(path: String, width: Int, height: Int, channels: Int) throws {
        let form = PictureForm(isGrey: channels == 1, colours: .screen)
        try self.init(path: path, width: width, height: height, form: form)
    }

    init(path: String, width: Int, height: Int, form: PictureForm) throws {
        precondition(max(width, height) <= Int32.max)
        self.path = path
        let unfinished = UnfinishedFile(path)
        self.unfinished = unfinished
        rowBytes = width * form.channels * form.bits / 8
        let (profile, icc) = (form.colours, form.colours.icc(forGrey: form.isGrey))
        let begun = icc.withUnsafeBufferPointer { icc in
            var colours = swiftgan_png_colours(
                icc: icc.isEmpty ? nil : icc.baseAddress, icc_count: icc.count,
                srgb_intent: Int32(profile.screenIntent ?? -1), gamma: Int32(profile.gamma ?? 0))
            return swiftgan_png_begin(
                unfinished.path, width, height, Int32(form.channels), Int32(form.bits), &colours)
        }
        guard let begun else { throw PictureError("\(path): no memory for writing a PNG") }
        writer = begun
        if swiftgan_png_reason(writer) != nil { throw error("of \(width) x \(height) ") }
    }

    /// Writes whole rows, from the top down.
    package func write(_ rows: [UInt8]) throws {
        try rows.withUnsafeBytes { try write($0) }
    }

    func write(_ rows: UnsafeRawBufferPointer) throws {
        precondition(rows.count % rowBytes == 0, "\(rows.count) bytes are no rows of \(rowBytes)")
        guard
            swiftgan_png_rows(writer, rows.baseAddress, rowBytes, rows.count / rowBytes) != 0
        else { throw error() }
    }

    /// Ends the file, which must have all its rows, and gives it its name.
    package func finish() throws {
        guard swiftgan_png_end(writer) != 0 else { throw error() }
        try unfinished.finishPicture(path)
    }

    private func error(_ size: String = "") -> PictureError {
        let reason = swiftgan_png_reason(writer).map { String(cString: $0) } ?? "unknown"
        return PictureError("\(path): cannot write a PNG \(size)here: \(reason)")
    }

    deinit { swiftgan_png_release(writer) }
}

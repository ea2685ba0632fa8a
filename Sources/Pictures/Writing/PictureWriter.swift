internal import Foundation
internal import Platform

/// A picture that is written strip by strip from the top down, so that only a strip of a large one is in memory.
///
/// The end of its name says what it becomes: a PNG with all that its form says, or a JPEG of quality 95 that keeps all
/// pixels of colour. It gets its name once it is complete.
package final class PictureWriter {
    private let width: Int
    private let form: PictureForm
    private let file: any RowFile
    private var rowsLeft: Int

    /// - Parameter inputs: The pictures that must not be overwritten.
    /// - Throws: ``PictureError`` if there can be no such file, or if it is one of the inputs.
    package init(
        path: String, width: Int, height: Int, form: PictureForm, inputs: [EditablePicture]
    ) throws {
        precondition(width > 0 && height > 0)
        (self.width, rowsLeft) = (width, height)
        try Self.checkPlace(path, inputs)
        switch (path as NSString).pathExtension.lowercased() {
        case "png":
            self.form = form
            file = try PNGFile(path: path, width: width, height: height, form: form)
        case "jpg", "jpeg":
            guard !form.hasAlpha else {
                throw PictureError(
                    "\(path): expected a name that ends in .png, since the picture has transparency, which a JPEG cannot hold"
                )
            }
            var form = form
            form.bits = 8
            self.form = form
            file = try JPEGFile(path: path, width: width, height: height, form: form)
        default:
            throw PictureError("\(path): expected a name that ends in .png, .jpg or .jpeg")
        }
    }

    /// Writes the next rows.
    ///
    /// - Parameter planes: `[form.planes, rows, width]` in -1...1, as ``EditablePicture/region(x:y:)`` gives them. A grey
    ///   picture gets the mean of the colours.
    package func write(_ planes: [Float]) throws {
        precondition(
            planes.count % (form.planes * width) == 0,
            "\(planes.count) numbers are no rows of \(form.planes) x \(width)")
        let rows = planes.count / (form.planes * width)
        precondition(rows <= rowsLeft, "\(rows) rows are more than \(rowsLeft)")
        rowsLeft -= rows
        try Samples(planes, form).withUnsafeBytes { try file.write($0) }
    }

    /// Writes a whole picture of this one's size.
    package func write(_ picture: EditablePicture) throws {
        precondition(picture.width == width && picture.form.hasAlpha == form.hasAlpha)
        for top in stride(from: 0, to: picture.height, by: Self.strip) {
            let bottom = min(picture.height, top + Self.strip)
            try write(picture.region(x: 0..<width, y: top..<bottom))
        }
    }

    /// Ends the file, which must have all its rows, and gives it its name.
    package func finish() throws {
        precondition(rowsLeft == 0, "\(rowsLeft) rows are missing")
        try file.finish()
    }

    /// The rows of a whole picture that are floats at once.
    private static let strip = 64

    private static func checkPlace(_ path: String, _ inputs: [EditablePicture]) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw PictureError("\(path): expected the name of a file, found something else there")
        }
        // While it is written, the file has the second name.
        for name in [path, UnfinishedFile.path(of: path)] {
            guard let there = FileIdentity(name), inputs.contains(where: { $0.file == there })
            else { continue }
            throw PictureError(
                "\(path): expected another file than those that are read, found \(name) to be one of them; name a new one"
            )
        }
    }
}

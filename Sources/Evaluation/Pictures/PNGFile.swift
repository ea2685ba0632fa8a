internal import CPNG
internal import Foundation
internal import Platform

/// A PNG file that is written row by row, so that only the rows at hand are in memory.
///
/// It gets its name once it is complete.
final class PNGFile {
    private let path: String
    private let unfinished: UnfinishedFile
    private let rowBytes: Int
    private let writer: UnsafeMutablePointer<swiftgan_png_writer>

    /// - Parameter channels: 1 for grey; 3 for red, green and blue; one byte each.
    init(path: String, width: Int, height: Int, channels: Int) throws {
        self.path = path
        unfinished = UnfinishedFile(path)
        rowBytes = width * channels
        writer = UnsafeMutablePointer.allocate(capacity: 1)
        guard
            swiftgan_png_begin(
                writer, unfinished.path, UInt32(width), UInt32(height), Int32(channels)) != 0
        else { throw error("of \(width) x \(height) ") }
    }

    /// Writes whole rows, from the top down.
    func write(_ rows: [UInt8]) throws {
        precondition(rows.count % rowBytes == 0, "\(rows.count) bytes are no rows of \(rowBytes)")
        guard swiftgan_png_rows(writer, rows, rowBytes, UInt32(rows.count / rowBytes)) != 0 else {
            throw error()
        }
    }

    /// Ends the file, which must have all its rows, and gives it its name.
    func finish() throws {
        guard swiftgan_png_end(writer) != 0 else { throw error() }
        guard unfinished.finish() else {
            throw PictureError(description: "\(path): cannot be made: \(reason(errno))")
        }
    }

    private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private func error(_ size: String = "") -> PictureError {
        let message = withUnsafeBytes(of: &writer.pointee.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let code = writer.pointee.code
        return PictureError(
            description:
                "\(path): cannot write a PNG \(size)here: \(code != 0 ? reason(code) : message)")
    }

    deinit {
        swiftgan_png_release(writer)
        writer.deallocate()
    }
}

public struct PictureError: Error, CustomStringConvertible {
    public let description: String
}

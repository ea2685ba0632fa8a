internal import Foundation
internal import Platform

/// A picture file that is written row by row.
protocol RowFile {
    /// Writes whole rows, from the top down; samples of 16 bits are in the order of this machine.
    func write(_ rows: UnsafeRawBufferPointer) throws

    /// Ends the file, which must have all its rows, and gives it its name.
    func finish() throws
}

extension UnfinishedFile {
    /// Gives a picture its name.
    func finishPicture(_ path: String) throws(PictureError) {
        guard finish() else {
            throw PictureError("\(path): cannot be made: \(String(cString: strerror(errno)))")
        }
    }
}

/// The reason why a file gave no picture.
package enum UnreadPicture: UInt8, Error, CaseIterable {
    /// The file is cut short or changed, or written in a way that its library does not know.
    case damaged = 1
    /// The picture has more than ``RGBImage/largest`` pixels.
    case tooLarge
    /// The file holds an animation rather than a picture.
    case animated
    /// The file is not a PNG, JPEG or WebP file, whatever its name says.
    case foreign
    /// The system could not read the file.
    case unreadable
    /// The file has no bytes.
    case empty
}

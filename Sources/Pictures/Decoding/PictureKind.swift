/// The kinds of picture files that are read.
enum PictureKind {
    case png
    case jpeg
    case webP

    /// The kind of a file, by its first bytes; its name may be wrong.
    init(of bytes: UnsafeRawBufferPointer) throws(UnreadPicture) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            self = .png
        } else if bytes.starts(with: [0xff, 0xd8]) {
            self = .jpeg
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webP
        } else {
            throw bytes.isEmpty ? .empty : .foreign
        }
    }
}

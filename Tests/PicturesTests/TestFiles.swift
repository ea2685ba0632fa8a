import CZlib
import Foundation
import Pictures
import Testing

/// The bytes of a file of the folder Pictures.
func content(_ name: String) throws -> Data {
    let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Pictures")
    return try Data(contentsOf: folder.appendingPathComponent(name))
}

/// Such a file as commands get it that change pictures.
func editable(_ name: String) throws -> EditablePicture {
    try editable(try content(name), name: name)
}

func editable(
    _ content: Data, name: String = "picture", allowsLarge: Bool = false
) throws(PictureError) -> EditablePicture {
    let read = content.withUnsafeBytes { bytes in
        Result { () throws(PictureError) in
            try EditablePicture(decoding: bytes, name: name, allowsLarge: allowsLarge)
        }
    }
    return try read.get()
}

extension EditablePicture {
    /// All planes.
    var all: [Float] { region(x: 0..<width, y: 0..<height) }

    /// The samples of a plane, as numbers of the picture's bits.
    func samples(of plane: Int) -> [Int] {
        let (size, largest) = (width * height, Float(1 << form.bits - 1))
        return all[(plane * size)..<((plane + 1) * size)].map {
            Int((($0 + 1) / 2 * largest).rounded())
        }
    }
}

/// A folder that is removed at the end.
final class TemporaryFolder {
    let path = "\(NSTemporaryDirectory())/swiftgan-pictures-test-\(UUID().uuidString.prefix(8))"

    init() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The chunks of a PNG file, whose checksums must be sound.
func chunks(of file: Data) throws -> [(name: String, content: [UInt8])] {
    let bytes = Array(file)
    #expect(bytes.prefix(8) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    var chunks: [(String, [UInt8])] = []
    var at = 8
    while at < bytes.count {
        let length = number(bytes[at..<(at + 4)])
        try #require(at + 12 + length <= bytes.count)
        let body = Array(bytes[(at + 4)..<(at + 8 + length)])
        #expect(
            number(bytes[(at + 8 + length)..<(at + 12 + length)])
                == Int(crc32(0, body, uInt(body.count))))
        chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
        at += 12 + length
    }
    return chunks
}

/// A number whose first byte is the largest.
func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

/// A PNG file whose header says this, and which has hardly a pixel.
func claim(width: Int, height: Int, bits: UInt8, colour: UInt8) -> Data {
    func digits(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return digits(content.count) + body + digits(Int(crc32(0, body, uInt(body.count))))
    }
    let header = digits(width) + digits(height) + [bits, colour, 0, 0, 0]
    return Data(
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header)
            + chunk("IDAT", [0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1]) + chunk("IEND", []))
}

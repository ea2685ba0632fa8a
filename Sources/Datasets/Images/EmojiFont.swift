internal import Foundation
internal import Platform

/// The colour bitmaps of an OpenType font, which are PNG files inside its CBDT table.
public struct EmojiFont: Sendable {
    /// The most pixels of a picture: sixty times those of the emoji we know.
    private static let largestPicture = 1 << 20

    private let pictures: [Data]

    /// - Throws: ``DataError`` if the file is missing, or is not a font with such a table.
    public init(path: String) throws {
        let font: Data
        do { font = try RegularFile.content(of: path) } catch {
            throw DataError(
                "\(path): expected a font, found \(error); 'apt-get install fonts-noto-color-emoji' brings it, or --data names the file"
            )
        }
        guard let table = Self.table("CBDT", of: font) else {
            throw DataError("\(path): expected a font with a CBDT table, found another file")
        }
        // Many characters share a picture. Each picture counts once, at its first place.
        var known = Set<Data>()
        pictures = Self.pictures(in: font[table]).filter { known.insert($0).inserted }
        guard pictures.count >= 10 else {
            throw DataError("\(path): expected pictures, found \(pictures.count)")
        }
    }

    /// The pictures as squares; every tenth is held out.
    ///
    /// - Throws: ``DataError`` if a picture is damaged.
    public func images(side: Int, part: PicturePart) throws -> ColourImages {
        let wanted = pictures.indices.filter { part.contains($0) }
        let size = 3 * side * side
        guard let memory = PixelMemory(count: wanted.count * size) else {
            throw DataError("the font: expected memory for \(wanted.count) pictures, found none")
        }
        for (row, index) in wanted.enumerated() {
            let picture = pictures[index].withUnsafeBytes { bytes in
                try? RGBImage(decoding: bytes) { $0 <= Self.largestPicture }
            }
            guard let picture else {
                throw DataError(
                    "the font: expected whole PNG pictures, found a damaged one, \(index)")
            }
            picture.writeSquare(side: side, to: memory[row, of: size])
        }
        return ColourImages(memory, rows: Array(wanted.indices), side: side, labels: nil)
    }

    private static func table(_ name: String, of font: Data) -> Range<Int>? {
        func number(_ at: Int, _ bytes: Int) -> Int {
            font[at..<(at + bytes)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard font.count >= 12 else { return nil }
        for record in 0..<number(4, 2) {
            let at = 12 + 16 * record
            guard at + 16 <= font.count else { return nil }
            guard font[at..<(at + 4)].elementsEqual(name.utf8) else { continue }
            let (start, length) = (number(at + 8, 4), number(at + 12, 4))
            return start + length <= font.count ? start..<(start + length) : nil
        }
        return nil
    }

    /// Each PNG file within some bytes, from its signature to the end of its last chunk.
    private static func pictures(in bytes: Data) -> [Data] {
        let signature = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
        let end = Data("IEND".utf8)
        var found: [Data] = []
        var at = bytes.startIndex
        while let start = bytes.range(of: signature, in: at..<bytes.endIndex)?.lowerBound,
            let last = bytes.range(of: end, in: start..<bytes.endIndex)?.upperBound
        {
            let stop = min(last + 4, bytes.endIndex)
            found.append(Data(bytes[start..<stop]))
            at = stop
        }
        return found
    }
}

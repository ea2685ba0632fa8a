internal import Foundation
internal import Pictures
internal import Platform

/// The colour bitmaps of an OpenType font, which are PNG files.
public struct EmojiFont: Sendable {
    /// The most pixels of a picture: sixty times those of the emoji we know.
    private static let largestPicture = 1 << 20

    /// Many characters share a picture, which counts once.
    private let pictures: [Data]
    /// The number of each picture's family.
    private let families: [Int]

    /// - Throws: ``DataError`` if the file is missing, or is not a font with such pictures.
    public init(path: String) throws {
        let content: Data
        do { content = try RegularFile.content(of: path) } catch {
            throw DataError(
                "\(path): expected a font, found \(error); 'apt-get install fonts-noto-color-emoji' brings it, or --data names the file"
            )
        }
        let families: EmojiFamilies
        do {
            let font = try OpenTypeFont(content)
            let pictures = try font.pictures()
            families = EmojiFamilies(of: pictures, texts: try GlyphTexts(font))
            self.pictures = pictures.map(\.file)
        } catch {
            throw DataError("\(path): expected a font with PNG pictures, found \(error)")
        }
        guard families.count >= 10 else {
            throw DataError(
                "\(path): expected pictures of ten kinds at least, found \(families.count)")
        }
        self.families = families.numbers
    }

    /// The pictures as squares.
    ///
    /// Skin tones and genders repeat drawings, and a drawing must not be both learned and measured by. So every tenth
    /// family of such pictures is held out as a whole.
    ///
    /// - Throws: ``DataError`` if a picture is damaged.
    public func images(side: Int, part: PicturePart) throws -> ColourImages {
        let wanted = pictures.indices.filter { part.contains(families[$0]) }
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
}

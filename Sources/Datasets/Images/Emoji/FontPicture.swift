internal import Foundation

/// A picture of a font, which is a PNG file inside its table CBDT.
struct FontPicture {
    let file: Data
    /// The glyphs that show it.
    fileprivate(set) var glyphs: [Int]
}

extension OpenTypeFont {
    /// The bytes before the length of a PNG file, by the number of its format.
    private static let headers = [17: 5, 18: 8, 19: 0]
    /// The bytes of a distance, by the number of the format of their list.
    private static let distances = [1: 4, 3: 2]

    /// The pictures that differ from one another, in the order in which the file has them.
    ///
    /// - Throws: ``UnreadFont`` if a table is missing or damaged, or has something else than PNG files.
    func pictures() throws -> [FontPicture] {
        guard let content = try table("CBDT"), let list = try table("CBLC") else {
            throw UnreadFont("one without the tables CBDT and CBLC")
        }
        let places = try Self.places(list, content).sorted {
            ($0.key.lowerBound, $0.key.upperBound) < ($1.key.lowerBound, $1.key.upperBound)
        }
        var pictures: [FontPicture] = []
        var known: [Data: Int] = [:]
        for (place, glyphs) in places {
            let file = try content.bytes(place.count, at: place.lowerBound)
            if let number = known[file] {
                pictures[number].glyphs += glyphs
            } else {
                known[file] = pictures.count
                pictures.append(FontPicture(file: file, glyphs: glyphs))
            }
        }
        return pictures
    }

    /// Where the content has PNG files, and the glyphs of each.
    private static func places(
        _ list: FontTable, _ content: FontTable
    ) throws -> [Range<Int>: [Int]] {
        var (list, content) = (list, content)
        var places: [Range<Int>: [Int]] = [:]
        for size in 0..<(try list.number(at: 4, size: 4)) {
            let start = try list.number(at: 8 + 48 * size, size: 4)
            for entry in 0..<(try list.number(at: 16 + 48 * size, size: 4)) {
                let at = start + 8 * entry
                let glyphs = try list.numbers(2, at: at)
                let part = start + (try list.number(at: at + 4, size: 4))
                guard glyphs[0] <= glyphs[1] else { throw list.damage }
                let glyphRange = glyphs[0]...glyphs[1]
                for (glyph, place) in try files(of: glyphRange, at: part, &list, &content) {
                    places[place, default: []].append(glyph)
                }
            }
        }
        // Files that overlap would be more to read than the font is.
        guard places.keys.reduce(0, { $0 + $1.count }) <= content.count else {
            throw content.damage
        }
        return places
    }

    /// The places of the PNG files of glyphs that follow one another.
    private static func files(
        of glyphs: ClosedRange<Int>, at part: Int, _ list: inout FontTable,
        _ content: inout FontTable
    ) throws -> [(glyph: Int, place: Range<Int>)] {
        let formats = try list.numbers(2, at: part)
        guard let size = distances[formats[0]], let header = headers[formats[1]] else {
            throw UnreadFont(
                "pictures of format \(formats[1]) in a list of format \(formats[0]), where 17 to 19 in 1 or 3 are known"
            )
        }
        let base = try list.number(at: part + 4, size: 4)
        let ends = try list.numbers(glyphs.count + 1, at: part + 8, size: size)
        var files: [(glyph: Int, place: Range<Int>)] = []
        // A glyph that ends where it begins has no picture.
        for (glyph, (start, end)) in zip(glyphs, zip(ends, ends.dropFirst())) where start != end {
            let length = base + start + header
            let file = length + 4
            let count = try content.number(at: length, size: 4)
            guard file + count <= base + end else { throw content.damage }
            files.append((glyph, file..<(file + count)))
        }
        return files
    }
}

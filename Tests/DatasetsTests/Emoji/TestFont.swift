/// A small font with colour bitmaps, made byte by byte.
struct TestFont: Sendable {
    struct Entry {
        /// What the picture stands for.
        let texts: [String]
        let file: [UInt8]
    }

    /// 12, or 4, which has characters of two bytes alone.
    var characterFormat = 12
    /// 1 lists glyphs, and 2 has ranges of them.
    var coverageFormat = 1
    /// Whether ligatures are read by way of a further part.
    var isExtended = false
    /// 1, or 3, whose distances have two bytes.
    var listFormat = 1
    /// 17, 18 or 19.
    var fileFormat = 17
    /// Whether it has the tables of characters and ligatures.
    var hasTexts = true
    /// What stands in the place of its own table of ligatures.
    var substitutions: [UInt8]?

    func bytes(_ entries: [Entry]) -> [UInt8] {
        // Pictures have the first glyphs, and characters that are parts of texts alone have further ones.
        var glyphs: [UInt32: Int] = [:]
        var ligatures: [(glyph: Int, text: [UInt32])] = []
        for (number, entry) in entries.enumerated() {
            for text in entry.texts.map({ $0.unicodeScalars.map(\.value) }) {
                if text.count == 1 {
                    glyphs[text[0]] = number + 1
                } else {
                    ligatures.append((number + 1, text))
                }
            }
        }
        let parts = Set(ligatures.flatMap(\.text)).subtracting(glyphs.keys)
        for (number, part) in parts.sorted().enumerated() {
            glyphs[part] = entries.count + 1 + number
        }
        let joins = ligatures.map { join in
            (glyph: join.glyph, parts: join.text.compactMap { glyphs[$0] })
        }
        let files = content(entries.map(\.file))
        var tables = [("CBDT", files.content), ("CBLC", list(ends: files.ends))]
        if hasTexts {
            tables.append(("GSUB", substitutions ?? substitutions(joins)))
            tables.append(("cmap", characters(glyphs.sorted { $0.key < $1.key })))
        }
        return Self.file(tables)
    }

    private static func file(_ tables: [(name: String, content: [UInt8])]) -> [UInt8] {
        var list: [UInt8] = [0, 1, 0, 0] + number(tables.count) + [0, 0, 0, 0, 0, 0]
        var content: [UInt8] = []
        let start = list.count + 16 * tables.count
        for table in tables {
            list += Array(table.name.utf8) + [0, 0, 0, 0]
            list += number(start + content.count, 4) + number(table.content.count, 4)
            content += table.content
        }
        return list + content
    }

    static func number(_ number: Int, _ size: Int = 2) -> [UInt8] {
        (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private func numbers(_ numbers: Int...) -> [UInt8] { numbers.flatMap { Self.number($0) } }
}

// MARK: Pictures

extension TestFont {
    private func content(_ files: [[UInt8]]) -> (content: [UInt8], ends: [Int]) {
        let header = [UInt8](repeating: 0, count: [17: 5, 18: 8][fileFormat] ?? 0)
        var content = numbers(3, 0)
        var ends = [0]
        for file in files {
            content += header + Self.number(file.count, 4) + file
            ends.append(content.count - 4)
        }
        return (content, ends)
    }

    private func list(ends: [Int]) -> [UInt8] {
        let part =
            numbers(listFormat, fileFormat) + Self.number(4, 4)
            + ends.flatMap { Self.number($0, listFormat == 1 ? 4 : 2) }
        let size =
            Self.number(56, 4) + Self.number(8 + part.count, 4) + Self.number(1, 4)
            + [UInt8](repeating: 0, count: 36)
        return numbers(3, 0) + Self.number(1, 4) + size + numbers(1, ends.count - 1)
            + Self.number(8, 4) + part
    }
}

// MARK: Texts

extension TestFont {
    private func characters(_ glyphs: [(key: UInt32, value: Int)]) -> [UInt8] {
        let part = characterFormat == 12 ? groups(glyphs) : segments(glyphs)
        return numbers(0, 1, 3, characterFormat == 12 ? 10 : 1) + Self.number(12, 4) + part
    }

    private func groups(_ glyphs: [(key: UInt32, value: Int)]) -> [UInt8] {
        let groups = glyphs.flatMap { character, glyph in
            [Int(character), Int(character), glyph].flatMap { Self.number($0, 4) }
        }
        return numbers(12, 0) + Self.number(16 + groups.count, 4) + Self.number(0, 4)
            + Self.number(glyphs.count, 4) + groups
    }

    /// Every other glyph is listed, and the others are counted from their characters.
    private func segments(_ glyphs: [(key: UInt32, value: Int)]) -> [UInt8] {
        var (deltas, distances, listed): ([Int], [Int], [Int]) = ([], [], [])
        for (number, (character, glyph)) in glyphs.enumerated() {
            if number.isMultiple(of: 2) {
                deltas.append(glyph - Int(character))
                distances.append(0)
            } else {
                deltas.append(0)
                distances.append(2 * (glyphs.count + 1 - number + listed.count))
                listed.append(glyph)
            }
        }
        let characters = glyphs.map { Int($0.key) } + [0xffff]
        let columns = [
            characters, [0], characters, deltas + [1], distances + [0], listed,
        ].flatMap { $0.flatMap { Self.number($0) } }
        return numbers(4, 14 + columns.count, 0, 2 * characters.count, 0, 0, 0) + columns
    }

    private func substitutions(_ ligatures: [(glyph: Int, parts: [Int])]) -> [UInt8] {
        let sets = Dictionary(grouping: ligatures) { $0.parts[0] }.sorted { $0.key < $1.key }
        let firsts = sets.map(\.key)
        let coverage =
            coverageFormat == 1
            ? numbers(1, firsts.count) + firsts.flatMap { Self.number($0) }
            : numbers(2, firsts.count)
                + firsts.enumerated().flatMap { numbers($0.element, $0.element, $0.offset) }
        let start = 6 + 2 * sets.count
        let listed = Self.listed(
            sets.map { set in
                let ligatures = set.value.map { ligature in
                    numbers(ligature.glyph, ligature.parts.count)
                        + ligature.parts.dropFirst().flatMap { Self.number($0) }
                }
                return numbers(set.value.count)
                    + Self.listed(ligatures, from: 2 + 2 * ligatures.count)
            }, from: start + coverage.count)
        let distances = Array(listed.prefix(2 * sets.count))
        let part =
            numbers(1, start, sets.count) + distances + coverage + listed.dropFirst(2 * sets.count)
        let header = numbers(1, 0, 0, 0, 10) + numbers(1, 4)
        return isExtended
            ? header + numbers(7, 0, 1, 8) + numbers(1, 4) + Self.number(8, 4) + part
            : header + numbers(4, 0, 1, 8) + part
    }

    /// The distances of parts that follow one another, and the parts.
    private static func listed(_ parts: [[UInt8]], from start: Int) -> [UInt8] {
        var distance = start
        let distances = parts.flatMap { part in
            defer { distance += part.count }
            return number(distance)
        }
        return distances + parts.joined()
    }
}

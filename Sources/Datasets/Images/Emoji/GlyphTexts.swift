/// The texts that a font shows as one glyph: single characters, and those that its ligatures join.
struct GlyphTexts {
    typealias Text = [Unicode.Scalar]

    /// The longest emoji have half as many characters.
    private static let longest = 32

    private var texts: [Int: [Text]] = [:]

    /// - Parameter font: May lack these tables; then there are no texts.
    /// - Throws: ``UnreadFont`` if a table is damaged.
    init(_ font: OpenTypeFont) throws {
        if var table = try font.table("cmap") { try readCharacters(&table) }
        if var table = try font.table("GSUB") { try readLigatures(&table) }
    }

    subscript(glyph: Int) -> [Text] { texts[glyph, default: []] }
}

// MARK: Characters

extension GlyphTexts {
    private mutating func readCharacters(_ cmap: inout FontTable) throws {
        var places = Set<Int>()
        for record in 0..<(try cmap.number(at: 2)) {
            let at = 4 + 8 * record
            let kind = try cmap.numbers(2, at: at)
            // Two platforms have numbers for Unicode, and often refer to one part.
            guard kind[0] == 0 || kind == [3, 1] || kind == [3, 10] else { continue }
            places.insert(try cmap.number(at: at + 4, size: 4))
        }
        for place in places.sorted() {
            switch try cmap.number(at: place) {
            case 4: try readSegments(&cmap, at: place)
            case 12: try readGroups(&cmap, at: place)
            default: continue
            }
        }
    }

    /// Format 12, which has all of Unicode.
    private mutating func readGroups(_ cmap: inout FontTable, at place: Int) throws {
        var next = 0
        for group in 0..<(try cmap.number(at: place + 12, size: 4)) {
            let numbers = try cmap.numbers(3, at: place + 16 + 12 * group, size: 4)
            let (first, last, glyph) = (numbers[0], numbers[1], numbers[2])
            // Groups come in order, so no character comes twice.
            guard first >= next, last >= first, last <= 0x10ffff else { throw cmap.damage }
            for character in first...last { add(character, to: glyph + character - first) }
            next = last + 1
        }
    }

    /// Format 4, which has the characters of two bytes.
    private mutating func readSegments(_ cmap: inout FontTable, at place: Int) throws {
        let count = try cmap.number(at: place + 6) / 2
        let lasts = try cmap.numbers(count, at: place + 14)
        let firsts = try cmap.numbers(count, at: place + 16 + 2 * count)
        let deltas = try cmap.numbers(count, at: place + 16 + 4 * count)
        let distances = place + 16 + 6 * count
        var next = 0
        for (segment, (first, last)) in zip(firsts, lasts).enumerated() {
            guard first >= next, last >= first else { throw cmap.damage }
            next = last + 1
            let at = distances + 2 * segment
            let distance = try cmap.number(at: at)
            // The last number is no character; it ends the list.
            for character in first...last where character != 0xffff {
                let listed =
                    distance == 0
                    ? character : try cmap.number(at: at + distance + 2 * (character - first))
                guard distance == 0 || listed != 0 else { continue }
                add(character, to: (listed + deltas[segment]) & 0xffff)
            }
        }
    }

    private mutating func add(_ character: Int, to glyph: Int) {
        guard let character = Unicode.Scalar(UInt32(character)) else { return }
        texts[glyph, default: []].append([character])
    }
}

// MARK: Ligatures

extension GlyphTexts {
    private mutating func readLigatures(_ gsub: inout FontTable) throws {
        let list = try gsub.number(at: 8)
        guard list != 0 else { return }
        for lookup in try gsub.places(at: list, from: list) {
            let kind = try gsub.number(at: lookup)
            for part in try gsub.places(at: lookup + 4, from: lookup) {
                if kind == 4 {
                    try readLigatures(&gsub, at: part)
                } else if kind == 7, try gsub.number(at: part + 2) == 4 {
                    let distance = try gsub.number(at: part + 4, size: 4)
                    try readLigatures(&gsub, at: part + distance)
                }
            }
        }
    }

    private mutating func readLigatures(_ gsub: inout FontTable, at place: Int) throws {
        let sets = try gsub.places(at: place + 4, from: place)
        let coverage = place + (try gsub.number(at: place + 2))
        let firsts = try Self.covered(&gsub, at: coverage, most: sets.count)
        for (first, set) in zip(firsts, sets) {
            for ligature in try gsub.places(at: set, from: set) {
                let numbers = try gsub.numbers(2, at: ligature)
                let others = try gsub.numbers(max(0, numbers[1] - 1), at: ligature + 4)
                // A part may itself be what earlier ligatures made.
                let parts = ([first] + others).compactMap { self[$0].first }
                let text = Text(parts.joined())
                guard parts.count == others.count + 1, text.count <= Self.longest else { continue }
                texts[numbers[0], default: []].append(text)
            }
        }
    }

    /// The glyphs that a coverage table lists.
    private static func covered(
        _ gsub: inout FontTable, at place: Int, most: Int
    ) throws -> [Int] {
        let count = try gsub.number(at: place + 2)
        if try gsub.number(at: place) == 1 { return try gsub.numbers(count, at: place + 4) }
        var glyphs: [Int] = []
        for range in 0..<count {
            let ends = try gsub.numbers(2, at: place + 4 + 6 * range)
            guard ends[0] <= ends[1] else { throw gsub.damage }
            glyphs += (ends[0]...ends[1]).prefix(most - glyphs.count)
        }
        return glyphs
    }
}

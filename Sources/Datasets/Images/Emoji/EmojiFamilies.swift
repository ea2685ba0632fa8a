/// Which pictures repeat one drawing, in other skin tones or as another person.
struct EmojiFamilies {
    /// What is left out of texts, since it changes a drawing little.
    private static let variations = Set(
        [
            "\u{1f3fb}\u{1f3fc}\u{1f3fd}\u{1f3fe}\u{1f3ff}",  // Skin tones.
            "\u{2640}\u{2642}",  // Female and male.
            "\u{1f9b0}\u{1f9b1}\u{1f9b2}\u{1f9b3}",  // Red, curly, no and white hair.
            "\u{27a1}",  // A person seen in a mirror.
            "\u{200d}\u{fe0f}",  // What joins characters, and what makes them pictures.
        ].flatMap(\.unicodeScalars))

    /// Texts that stand for one drawing; those of one person do so also within longer texts.
    private static let drawings = [
        ["🧑", "👨", "👩", "👱", "🧔"],
        ["🧒", "👦", "👧"],
        ["🧓", "👴", "👵"],
        ["🫅", "🤴", "👸"],
        ["🎅", "🤶", "🧑🎄"],
        ["🕺", "💃"],
        ["🤰", "🫃", "🫄"],
        ["👫", "👬", "👭", "🧑🤝🧑"],
        ["💏", "🧑❤💋🧑"],
        ["💑", "🧑❤🧑"],
        ["🤝", "🫱🫲"],
        ["🏻", "🏼", "🏽", "🏾", "🏿"],
    ]

    /// The first text of a row by each of the others.
    private static let firsts = Dictionary(
        uniqueKeysWithValues: drawings.map { $0.map { GlyphTexts.Text($0.unicodeScalars) } }
            .flatMap { row in row.dropFirst().map { ($0, row[0]) } })

    /// The number of each picture's family, in the order of the families' first pictures.
    let numbers: [Int]
    let count: Int

    /// Joins the families of all texts that a picture has, such as one that is also known backwards.
    ///
    /// A picture without any text is a family of its own.
    init(of pictures: [FontPicture], texts: GlyphTexts) {
        // An earlier picture of the same family, or the picture itself if it is the first.
        var earlier = Array(pictures.indices)
        func first(_ picture: Int) -> Int {
            var picture = picture
            while earlier[picture] != picture {
                earlier[picture] = earlier[earlier[picture]]
                picture = earlier[picture]
            }
            return picture
        }
        func join(_ picture: Int, _ other: Int) {
            let (one, other) = (first(picture), first(other))
            earlier[max(one, other)] = min(one, other)
        }
        var ofGlyph: [Int: Int] = [:]
        var ofDrawing: [GlyphTexts.Text: Int] = [:]
        for (picture, glyphs) in pictures.map(\.glyphs).enumerated() {
            for glyph in glyphs {
                // A font of several sizes has several pictures of a glyph.
                if let other = ofGlyph.updateValue(picture, forKey: glyph) {
                    join(picture, other)
                    continue
                }
                for drawing in texts[glyph].map(Self.drawing) {
                    if let other = ofDrawing.updateValue(picture, forKey: drawing) {
                        join(picture, other)
                    }
                }
            }
        }
        var families: [Int: Int] = [:]
        numbers = pictures.indices.map { picture in
            let number = families[first(picture)] ?? families.count
            families[first(picture)] = number
            return number
        }
        count = families.count
    }

    /// A text for all that are drawn alike.
    private static func drawing(of text: GlyphTexts.Text) -> GlyphTexts.Text {
        let rest = text.filter { !variations.contains($0) }
        let persons = (rest.isEmpty ? text : rest).flatMap { firsts[[$0]] ?? [$0] }
        return firsts[persons] ?? persons
    }
}

/// A column of texts, with each different text once.
public struct TextColumn: Sendable {
    /// The texts, in the order in which they first occur; no two are equal.
    public let texts: [String]
    /// For each row, the place of its text in ``texts``.
    public let codes: [UInt32]
}

/// A column to which texts are added, row by row.
struct TextColumnBuilder {
    /// The texts in UTF-8, one after another, and where each ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var codes: [UInt32] = []
    /// A hash table of the texts: 32 bits of hash above the text's number plus one, or 0 where a place is free.
    ///
    /// At most half of its places are taken. A place is looked for from the hash upwards.
    private var places = [UInt64](repeating: 0, count: 8)

    var rowCount: Int { codes.count }

    /// Adds a row.
    ///
    /// - Parameter text: UTF-8.
    mutating func append(_ text: Span<UInt8>) {
        let hash = Self.hash(text)
        let place = place(of: text, hash: hash)
        if places[place] != 0 {
            codes.append(code(at: place))
            return
        }
        let code = UInt32(ends.count)
        text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
        codes.append(code)
        places[place] = UInt64(hash) << 32 | UInt64(code + 1)
        if ends.count * 2 > places.count { grow() }
    }

    /// Whether a row has a text.
    func contains(_ text: Span<UInt8>) -> Bool {
        places[place(of: text, hash: Self.hash(text))] != 0
    }

    /// How many of the first rows have a text for which a rule holds, and how many do not.
    ///
    /// - Parameters:
    ///   - most: How many rows are looked at.
    ///   - holds: True or false, or nil where the text does not count.
    func counts(
        most: Int, where holds: (Span<UInt8>) -> Bool?
    ) -> (yes: Int, no: Int) {
        var counts = (yes: 0, no: 0)
        for code in codes.prefix(most) {
            switch holds(bytes.span.extracting(range(of: Int(code)))) {
            case true?: counts.yes += 1
            case false?: counts.no += 1
            case nil: break
            }
        }
        return counts
    }

    /// The column.
    ///
    /// - Parameter first: The text of a row that is put before all others.
    consuming func column(first: String?) -> TextColumn {
        var texts: [String] = []
        texts.reserveCapacity(ends.count + 1)
        if let first { texts.append(first) }
        let isKnown = first.map { contains(Array($0.utf8).span) } ?? false
        for number in ends.indices {
            texts.append(String(utf8: bytes.span.extracting(range(of: number))))
        }
        if first != nil {
            for row in codes.indices { codes[row] += 1 }
            codes.insert(0, at: 0)
        }
        // Texts of different bytes can be equal: an accent is a character of its own, or part of one.
        let mayRepeat = isKnown || bytes.contains { $0 >= 0x80 }
        guard mayRepeat else { return TextColumn(texts: texts, codes: codes) }
        return Self.merged(texts, codes)
    }

    /// A column in which equal texts are one.
    private static func merged(_ texts: [String], _ codes: [UInt32]) -> TextColumn {
        var known: [String: UInt32] = [:]
        var distinct: [String] = []
        let numbers = texts.map { text in
            if let number = known[text] { return number }
            let number = UInt32(distinct.count)
            known[text] = number
            distinct.append(text)
            return number
        }
        return TextColumn(texts: distinct, codes: codes.map { numbers[Int($0)] })
    }
}

extension TextColumnBuilder {
    private func range(of number: Int) -> Range<Int> {
        (number == 0 ? 0 : ends[number - 1])..<ends[number]
    }

    private static func hash(_ text: Span<UInt8>) -> UInt32 {
        // The hash differs from one process to the next, so that no file can be made of texts that collide; the numbers
        // of texts do not depend on it.
        var hasher = Hasher()
        text.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    /// The place of a text in the hash table, or a free one if it is not there.
    private func place(of text: Span<UInt8>, hash: UInt32) -> Int {
        var place = Int(hash) & (places.count - 1)
        while places[place] != 0 {
            if UInt32(places[place] >> 32) == hash, isEqual(text, code(at: place)) { break }
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    /// The number of the text at a place that is taken.
    private func code(at place: Int) -> UInt32 { UInt32(truncatingIfNeeded: places[place]) - 1 }

    private func isEqual(_ text: Span<UInt8>, _ code: UInt32) -> Bool {
        let range = range(of: Int(code))
        guard range.count == text.count else { return false }
        for index in text.indices where bytes[range.lowerBound + index] != text[index] {
            return false
        }
        return true
    }

    private mutating func grow() {
        var grown = [UInt64](repeating: 0, count: places.count * 2)
        for taken in places where taken != 0 {
            var place = Int(taken >> 32) & (grown.count - 1)
            while grown[place] != 0 { place = (place + 1) & (grown.count - 1) }
            grown[place] = taken
        }
        places = grown
    }
}

extension String {
    /// A text of valid UTF-8; the empty text if it is not valid.
    init(utf8 text: Span<UInt8>) {
        do { self = String(copying: try UTF8Span(validating: text)) } catch { self = "" }
    }
}

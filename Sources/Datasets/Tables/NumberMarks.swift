/// Marks that stand between the digits of numbers.
struct NumberMarks: OptionSet {
    let rawValue: UInt8

    static let comma = NumberMarks(rawValue: 1)
    static let point = NumberMarks(rawValue: 2)
    static let space = NumberMarks(rawValue: 4)
    static let apostrophe = NumberMarks(rawValue: 8)
    static let curvedApostrophe = NumberMarks(rawValue: 16)
    static let fixedSpace = NumberMarks(rawValue: 32)
    static let narrowSpace = NumberMarks(rawValue: 64)

    /// Marks that separate thousands alone.
    private static let grouping: [(mark: NumberMarks, text: String)] = [
        (.space, " "), (.apostrophe, "'"), (.curvedApostrophe, "\u{2019}"),
        (.fixedSpace, "\u{a0}"), (.narrowSpace, "\u{202f}"),
    ]

    /// What the marks of a column can mean, the likeliest first.
    var readings: [(grouping: String, decimalComma: Bool)] {
        let grouping = Self.grouping.first { contains($0.mark) }?.text
        switch (contains(.comma), contains(.point)) {
        case (false, let hasPoint):
            let plain = (grouping: grouping ?? "", decimalComma: false)
            return hasPoint && grouping == nil ? [plain, (".", true)] : [plain]
        case (true, false): return grouping.map { [($0, true)] } ?? [(",", false), ("", true)]
        case (true, true): return [(",", false), (".", true)]
        }
    }

    /// The mark at a place, and its length in bytes; nil if there is none.
    static func mark(_ text: Span<UInt8>, at place: Int) -> (mark: NumberMarks, length: Int)? {
        switch text[place] {
        case UInt8(ascii: ","): (.comma, 1)
        case UInt8(ascii: "."): (.point, 1)
        case UInt8(ascii: "'"): (.apostrophe, 1)
        case 0xe2 where text.begins(with: [0xe2, 0x80, 0x99], at: place): (.curvedApostrophe, 3)
        default: space(text, at: place)
        }
    }

    /// The space at a place, and its length in bytes; nil if there is none.
    static func space(_ text: Span<UInt8>, at place: Int) -> (mark: NumberMarks, length: Int)? {
        guard place < text.count else { return nil }
        return switch text[place] {
        case UInt8(ascii: " "): (.space, 1)
        case 0xc2 where text.begins(with: [0xc2, 0xa0], at: place): (.fixedSpace, 2)
        case 0xe2 where text.begins(with: [0xe2, 0x80, 0xaf], at: place): (.narrowSpace, 3)
        default: nil
        }
    }
}

extension Span<UInt8> {
    /// Whether some bytes are there at a place.
    fileprivate func begins(with bytes: InlineArray<2, UInt8>, at place: Int) -> Bool {
        begins(with: bytes.span, at: place)
    }

    fileprivate func begins(with bytes: InlineArray<3, UInt8>, at place: Int) -> Bool {
        begins(with: bytes.span, at: place)
    }
}

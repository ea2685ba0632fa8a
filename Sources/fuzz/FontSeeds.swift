/// A font with eleven pictures: of ten letters, and of the last two joined.
func font(of pictures: [[UInt8]]) -> [UInt8] {
    precondition(pictures.count == 11)
    let header = [UInt8](repeating: 0, count: 5)
    let records = pictures.map { header + number($0.count, 4) + $0 }
    let ends = records.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    // The first strike's list follows its record of 48 bytes, and has one part, which has formats 1 and 17.
    let list =
        numbers(3, 0) + number(1, 4) + number(56, 4) + number(16 + 4 * ends.count, 4)
        + number(1, 4) + [UInt8](repeating: 0, count: 36) + numbers(1, 11) + number(8, 4)
        + numbers(1, 17) + number(4, 4) + ends.flatMap { number($0, 4) }
    // Letters from A, the glyphs 1 to 10, are one group; I and J together are glyph 11.
    let characters =
        numbers(0, 1, 3, 10) + number(12, 4) + numbers(12, 0)
        + [28, 0, 1, 65, 74, 1].flatMap { number($0, 4) }
    let ligatures =
        numbers(1, 0, 0, 0, 10) + numbers(1, 4) + numbers(4, 0, 1, 8)
        + numbers(1, 8, 1, 14) + numbers(1, 1, 9) + numbers(1, 4) + numbers(11, 2, 10)
    let tables = [
        ("CBDT", numbers(3, 0) + records.joined()), ("CBLC", list), ("GSUB", ligatures),
        ("cmap", characters),
    ]
    var font = numbers(1, 0, tables.count, 0, 0, 0)
    var place = font.count + 16 * tables.count
    for (name, content) in tables {
        font += Array(name.utf8) + number(0, 4) + number(place, 4) + number(content.count, 4)
        place += content.count
    }
    return font + tables.flatMap(\.1)
}

private func number(_ number: Int, _ size: Int) -> [UInt8] {
    (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

private func numbers(_ numbers: Int...) -> [UInt8] { numbers.flatMap { number($0, 2) } }

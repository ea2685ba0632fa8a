internal import Foundation

/// The tables of a font file.
struct OpenTypeFont {
    private let content: Data

    /// - Throws: ``UnreadFont`` if the file is something else.
    init(_ content: Data) throws {
        guard content.starts(with: [0, 1, 0, 0]) || content.starts(with: "OTTO".utf8) else {
            throw UnreadFont("another file")
        }
        self.content = content
    }

    /// - Returns: Nil if the font has no table of that name.
    /// - Throws: ``UnreadFont`` if the file ends before the table does.
    func table(_ name: String) throws -> FontTable? {
        let tag = name.utf8.reduce(0) { $0 << 8 | Int($1) }
        var list = FontTable("of tables", content)
        for record in 0..<(try list.number(at: 4)) {
            let at = 12 + 16 * record
            guard try list.number(at: at, size: 4) == tag else { continue }
            let place = try list.numbers(2, at: at + 8, size: 4)
            guard let bytes = try? list.bytes(place[1], at: place[0]) else {
                throw UnreadFont("one that ends before its table \(name) does")
            }
            return FontTable(name, bytes)
        }
        return nil
    }
}

/// A table of a font, whose every read is checked.
///
/// A damaged table may claim any count, and parts that refer to one part many times may multiply what it claims. So a
/// table gives as many numbers as it has bytes and no more. A sound one has half as many to give.
struct FontTable {
    private let name: String
    private let content: Data
    private var left: Int

    init(_ name: String, _ content: Data) {
        self.name = name
        self.content = content
        left = content.count
    }

    var count: Int { content.count }

    var damage: UnreadFont { UnreadFont("a damaged table \(name)") }

    /// Numbers without signs that follow one another, of `size` bytes each.
    mutating func numbers(_ count: Int, at start: Int, size: Int = 2) throws -> [Int] {
        guard count <= left else { throw damage }
        left -= count
        let bytes = try bytes(count * size, at: start)
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { first in
            bytes[first..<(first + size)].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    mutating func number(at start: Int, size: Int = 2) throws -> Int {
        try numbers(1, at: start, size: size)[0]
    }

    /// The places of parts, of which a table lists the number and then each one's distance from `base`.
    mutating func places(at start: Int, from base: Int) throws -> [Int] {
        let count = try number(at: start)
        return try numbers(count, at: start + 2).map { base + $0 }
    }

    func bytes(_ count: Int, at start: Int) throws -> Data {
        guard count >= 0, start >= 0, start + count <= content.count else { throw damage }
        return content.dropFirst(start).prefix(count)
    }
}

/// What was found instead of a font that can be read.
struct UnreadFont: Error, CustomStringConvertible {
    let description: String

    init(_ found: String) { description = found }
}

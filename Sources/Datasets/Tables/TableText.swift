/// The text of a file, of which nothing is known but its bytes.
struct TableText {
    let encoding: TableDialect.Encoding
    /// How many bytes at the beginning are a mark.
    let markLength: Int
    /// The text in UTF-8, where the file is in something else.
    let converted: [UInt8]?

    /// Finds the encoding by a mark, and otherwise takes what is no UTF-8 for Windows-1252.
    ///
    /// - Parameter path: What messages call the file.
    /// - Throws: ``DataError`` if the bytes are no text.
    init(_ bytes: Span<UInt8>, path: String) throws {
        if let kind = Self.foreignKind(bytes) {
            throw DataError("\(path): expected separated values as text, found \(kind)")
        }
        (encoding, markLength) = Self.mark(bytes)
        let text = bytes.extracting(markLength..<bytes.count)
        switch encoding {
        case .utf16LittleEndian, .utf16BigEndian:
            guard text.count.isMultiple(of: 2) else {
                throw DataError(
                    "\(path): expected pairs of bytes, as its mark says UTF-16, found \(bytes.count) bytes; the file is damaged or cut short"
                )
            }
            let converted = Self.converted(utf16: text, isLittle: encoding == .utf16LittleEndian)
            try Self.requireText(converted.span, path: path)
            self.converted = converted
        case .windows1252:
            try Self.requireText(text, path: path)
            converted = Self.converted(windows1252: text)
        case .utf8, .utf8WithMark:
            try Self.requireText(text, path: path)
            guard encoding == .utf8 || Self.isUTF8(text) else {
                throw DataError(
                    "\(path): expected UTF-8, as its mark says, found other bytes; export the table again in UTF-8"
                )
            }
            converted = nil
        }
    }

    private static func mark(
        _ bytes: Span<UInt8>
    ) -> (encoding: TableDialect.Encoding, length: Int) {
        if begins(bytes, with: [0xef, 0xbb, 0xbf]) { return (.utf8WithMark, 3) }
        if begins(bytes, with: [0xff, 0xfe]) { return (.utf16LittleEndian, 2) }
        if begins(bytes, with: [0xfe, 0xff]) { return (.utf16BigEndian, 2) }
        return (isUTF8(bytes) ? .utf8 : .windows1252, 0)
    }

    /// What some common files are that are given in place of a table, and what to do with them.
    ///
    /// A column may be called PAR1 or PK, which is why the bytes behind these words count, too.
    private static func foreignKind(_ bytes: Span<UInt8>) -> String? {
        if begins(bytes, with: Array("PAR1\u{15}".utf8)) {
            return "a Parquet file; convert it to CSV"
        }
        if begins(bytes, with: Array("PK\u{3}\u{4}".utf8)) {
            return "a spreadsheet or a zip archive; export the sheet as CSV, or unpack the archive"
        }
        if begins(bytes, with: [0x1f, 0x8b]) {
            return "a gzipped file; unpack it with gunzip"
        }
        return nil
    }

    private static func begins(_ bytes: Span<UInt8>, with beginning: [UInt8]) -> Bool {
        bytes.count >= beginning.count
            && beginning.indices.allSatisfy { bytes[$0] == beginning[$0] }
    }

    private static func requireText(_ text: Span<UInt8>, path: String) throws {
        for index in text.indices where text[index] == 0 {
            throw DataError(
                "\(path): expected separated values as text, found a byte of zero, as binary files have; export the table as CSV in UTF-8"
            )
        }
    }

    private static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        do {
            _ = try UTF8Span(validating: bytes)
            return true
        } catch { return false }
    }

    private static func converted(windows1252 text: Span<UInt8>) -> [UInt8] {
        var converted: [UInt8] = []
        converted.reserveCapacity(text.count + text.count / 8)
        for index in text.indices {
            for byte in Windows1252.scalar(text[index]).utf8 { converted.append(byte) }
        }
        return converted
    }

    /// The text in UTF-8, with replacement characters for halves of pairs.
    ///
    /// - Parameter text: An even number of bytes.
    private static func converted(utf16 text: Span<UInt8>, isLittle: Bool) -> [UInt8] {
        func unit(_ index: Int) -> UInt16 {
            let (first, second) = (UInt16(text[index]), UInt16(text[index + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        var converted: [UInt8] = []
        converted.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            var value = UInt32(unit(index))
            index += 2
            if value & 0xfc00 == 0xd800, index < text.count, unit(index) & 0xfc00 == 0xdc00 {
                value = 0x10000 + (value & 0x3ff) << 10 + UInt32(unit(index) & 0x3ff)
                index += 2
            }
            let scalar = Unicode.Scalar(value) ?? "\u{fffd}"
            for byte in scalar.utf8 { converted.append(byte) }
        }
        return converted
    }
}

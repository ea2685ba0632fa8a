/// The side of a stored picture that should be its upper edge (EXIF 2.32, tag 274).
enum Orientation: UInt16 {
    case upright = 1
    case mirrored, upsideDown, upsideDownMirrored
    /// In order: transposed; turned by a quarter to the right; transposed about the other diagonal; turned by a quarter
    /// to the left.
    case rightMirrored, right, leftMirrored, left

    var exchangesAxes: Bool { rawValue >= 5 }

    /// Reads the tag from the bytes of a TIFF header with its tags, as in an EXIF segment; upright if the tag cannot be
    /// read.
    ///
    /// EXIF libraries also read makers' notes and other bytes that strangers write, which one number does not need.
    init(exif bytes: UnsafeRawBufferPointer) {
        self = Self.find(in: bytes) ?? .upright
    }

    private static func find(in bytes: UnsafeRawBufferPointer) -> Orientation? {
        let isLittle = bytes.starts(with: [0x49, 0x49, 42, 0])
        guard isLittle || bytes.starts(with: [0x4d, 0x4d, 0, 42]) else { return nil }
        func number(_ at: Int, _ count: Int) -> Int? {
            guard at >= 0, at + count <= bytes.count else { return nil }
            let digits = bytes[at..<(at + count)]
            return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) {
                $0 << 8 | Int($1)
            }
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return nil }
        for entry in 0..<entries {
            let at = directory + 2 + 12 * entry
            guard let tag = number(at, 2) else { return nil }
            // The value is one number of 16 bits.
            guard tag == 274, number(at + 2, 2) == 3, number(at + 4, 4) == 1 else { continue }
            return number(at + 8, 2).flatMap { Orientation(rawValue: UInt16($0)) }
        }
        return nil
    }
}

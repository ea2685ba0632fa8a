/// The samples of a picture, pixel by pixel, in no more bits than its file has.
///
/// Loops over them stand beside what they call, so that the compiler can make them for bytes and for words.
enum Samples: Sendable {
    case bytes([UInt8])
    case words([UInt16])

    /// None yet, with room for some.
    init(_ form: PictureForm, capacity: Int) {
        self = form.bits == 8 ? .bytes([]) : .words([])
        change({ $0.reserveCapacity(capacity) }, { $0.reserveCapacity(capacity) })
    }

    /// The samples of rows.
    ///
    /// - Parameter planes: `[form.planes, rows, width]` in -1...1; of a grey picture, the colours' mean counts.
    init(_ planes: [Float], _ form: PictureForm) {
        self =
            form.bits == 8
            ? .bytes(interleaved(planes, form)) : .words(interleaved(planes, form))
    }

    /// The bytes in memory.
    func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        switch self {
        case .bytes(let samples): try samples.withUnsafeBytes(body)
        case .words(let samples): try samples.withUnsafeBytes(body)
        }
    }

    /// Writes planes `[form.planes, rows, columns]` in -1...1 of the pixels in these columns and rows.
    func read(
        _ order: PixelOrder, _ form: PictureForm, columns: [Int], rows: [Int],
        into planes: UnsafeMutableBufferPointer<Float>
    ) {
        switch self {
        case .bytes(let samples): decode(samples, order, form, columns, rows, planes)
        case .words(let samples): decode(samples, order, form, columns, rows, planes)
        }
    }

    /// Replaces the colours of the pixels in these columns and rows, as ``EditablePicture`` says.
    mutating func replace(
        _ order: PixelOrder, _ form: PictureForm, columns: Range<Int>, rows: Range<Int>,
        with planes: [Float], where changes: [Bool]?
    ) {
        change(
            { encode(planes, changes, order, form, columns, rows, &$0) },
            { encode(planes, changes, order, form, columns, rows, &$0) })
    }

    /// Adds others of the same kind after these.
    mutating func append(_ others: Samples) {
        change(
            { if case .bytes(let more) = others { $0 += more } },
            { if case .words(let more) = others { $0 += more } })
    }

    /// Changes the samples in place, by the function for their kind.
    mutating func change(_ bytes: (inout [UInt8]) -> Void, _ words: (inout [UInt16]) -> Void) {
        // Two owners of an array would make a copy of the whole picture.
        switch self {
        case .bytes(var samples):
            self = .bytes([])
            bytes(&samples)
            self = .bytes(samples)
        case .words(var samples):
            self = .words([])
            words(&samples)
            self = .words(samples)
        }
    }
}

/// A sample as networks take it, in -1...1.
@inline(__always)
private func decoded<Sample: FixedWidthInteger & UnsignedInteger>(_ sample: Sample) -> Float {
    Float(sample) / (Float(Sample.max) / 2) - 1
}

/// The sample nearest to a number in -1...1, so that of a decoded one it is the same again.
@inline(__always)
private func encoded<Sample: FixedWidthInteger & UnsignedInteger>(_ number: Float) -> Sample {
    let largest = Float(Sample.max)
    // In this order, what is no number becomes white.
    return Sample(max(0, min(largest, ((number + 1) * (largest / 2)).rounded())))
}

private func decode<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample], _ order: PixelOrder, _ form: PictureForm, _ columns: [Int], _ rows: [Int],
    _ planes: UnsafeMutableBufferPointer<Float>
) {
    let size = columns.count * rows.count
    let colours = form.isGrey ? [0, 0, 0] : [0, 1, 2]
    let channels = form.hasAlpha ? colours + [form.channels - 1] : colours
    samples.withUnsafeBufferPointer { samples in
        for (plane, channel) in channels.enumerated() {
            var at = plane * size
            for row in rows {
                for column in columns {
                    planes[at] = decoded(samples[order[column, row] + channel])
                    at += 1
                }
            }
        }
    }
}

private func encode<Sample: FixedWidthInteger & UnsignedInteger>(
    _ planes: [Float], _ changes: [Bool]?, _ order: PixelOrder, _ form: PictureForm,
    _ columns: Range<Int>, _ rows: Range<Int>, _ samples: inout [Sample]
) {
    var at = 0
    for row in rows {
        for column in columns {
            if changes?[at] ?? true {
                set(&samples, order[column, row], form, planes, at, columns.count * rows.count)
            }
            at += 1
        }
    }
}

private func interleaved<Sample: FixedWidthInteger & UnsignedInteger>(
    _ planes: [Float], _ form: PictureForm
) -> [Sample] {
    let (channels, size) = (form.channels, planes.count / form.planes)
    var samples = [Sample](repeating: 0, count: size * channels)
    for pixel in 0..<size {
        let place = pixel * channels
        set(&samples, place, form, planes, pixel, size)
        if form.hasAlpha { samples[place + channels - 1] = encoded(planes[3 * size + pixel]) }
    }
    return samples
}

/// Sets the colours of a pixel to those at a place of planes.
@inline(__always)
private func set<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: inout [Sample], _ place: Int, _ form: PictureForm, _ planes: [Float], _ at: Int,
    _ size: Int
) {
    let (red, green, blue) = (planes[at], planes[size + at], planes[2 * size + at])
    if form.isGrey {
        samples[place] = encoded((red + green + blue) / 3)
    } else {
        samples[place] = encoded(red)
        samples[place + 1] = encoded(green)
        samples[place + 2] = encoded(blue)
    }
}

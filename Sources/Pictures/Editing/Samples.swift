/// The samples of a picture, pixel by pixel, in no more bits than its file has.
enum Samples: Sendable {
    case bytes([UInt8])
    case words([UInt16])

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
func decoded<Sample: FixedWidthInteger & UnsignedInteger>(_ sample: Sample) -> Float {
    Float(sample) / (Float(Sample.max) / 2) - 1
}

/// The sample nearest to a number in -1...1, so that of a decoded one it is the same again.
@inline(__always)
func encoded<Sample: FixedWidthInteger & UnsignedInteger>(_ number: Float) -> Sample {
    let largest = Float(Sample.max)
    // In this order, what is no number becomes white.
    return Sample(max(0, min(largest, ((number + 1) * (largest / 2)).rounded())))
}

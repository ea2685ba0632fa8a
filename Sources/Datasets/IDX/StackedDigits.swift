internal import Hashing
public import Tensors

/// Colour images whose channels are three grey images of digits, each drawn independently.
///
/// They have a thousand modes, and their classes are the three digits in a row (Metz et al., 2017).
public struct StackedDigits: Dataset {
    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    private let digits: IDXImages
    private let random: RandomSource

    /// Stacks of grey images with labels from 0 to 9, which `random` chooses.
    ///
    /// Labelled stacks come with their classes, from 0 to 999.
    public init(_ digits: IDXImages, count: Int, random: RandomSource, isLabelled: Bool = false) {
        precondition(digits.fields.count == 2, "digits come with their classes")
        self.digits = digits
        self.count = count
        self.random = random
        let image = digits.fields[0].shape
        fields = [.image(Shape([3] + image.dropFirst()))] + (isLabelled ? [.label] : [])
        manifest = DataManifest(
            count: count,
            digest: SHA256.digest(
                of:
                    "\(count) stacks of three of \(digits.manifest.digest), seed \(random.seed), labelled \(isLabelled)"
            ))
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && index < count && arrays.count == fields.count)
        let size = digits.fields[0].shape.elementCount
        let words = random.words(0, at: .init(.data, position: index))
        var stack: Float = 0
        var label: Float = 0
        for channel in 0..<3 {
            let digit = Int(words[channel] % UInt32(digits.count))
            withUnsafeMutablePointer(to: &label) {
                digits.read(digit, into: [arrays[0] + channel * size, $0])
            }
            stack = stack * 10 + label
        }
        if arrays.count > 1 { arrays[1][0] = stack }
    }
}

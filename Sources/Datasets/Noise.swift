internal import Hashing
public import Tensors

/// Examples of uniform numbers in -1...1, drawn by counting, on which benchmarks train.
public struct Noise: Dataset {
    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    private let random: RandomSource

    /// Noise in the place of a field's numbers.
    public init(count: Int, _ field: Field, random: RandomSource) {
        self.count = count
        self.random = random
        fields = [field]
        manifest = DataManifest(
            count: count,
            digest: SHA256.digest(of: "noise of \(count) x \(field.shape), seed \(random.seed)"))
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let values = random.uniform(
            fields[0].shape.elementCount, at: .init(.data, position: index), in: -1..<1)
        arrays[0].update(from: values, count: values.count)
    }
}

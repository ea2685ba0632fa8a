internal import Hashing
public import Tensors

/// Examples of uniform numbers in -1...1, drawn by counting: what benchmarks train on.
public struct Noise: Dataset {
    public let count: Int
    public let shapes: [Shape]
    public let manifest: DataManifest
    private let random: RandomSource

    /// - Parameter example: The shape of each.
    public init(count: Int, example: Shape, random: RandomSource) {
        self.count = count
        self.random = random
        shapes = [example]
        manifest = DataManifest(
            count: count,
            digest: SHA256.digest(of: "noise of \(count) x \(example), seed \(random.seed)"))
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let values = random.uniform(
            shapes[0].elementCount, at: .init(.data, position: index), in: -1..<1)
        arrays[0].update(from: values, count: values.count)
    }
}

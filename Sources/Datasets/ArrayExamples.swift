internal import Hashing
public import Tensors

/// Pictures that are already in memory, with their classes, such as samples of a generator.
public struct ArrayExamples: Dataset {
    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    private let values: NDArray
    private let labels: [Int]

    /// Pictures `[count, channels, height, width]`, with a class for each.
    public init(_ values: NDArray, labels: [Int]) {
        precondition(values.shape[0] == labels.count)
        self.values = NDArray(values.scalars, shape: values.shape)
        self.labels = labels
        count = labels.count
        fields = [.image(values.shape.dropFirst()), .label]
        var hash = SHA256()
        values.scalars.withUnsafeBytes { hash.update($0) }
        labels.withUnsafeBytes { hash.update($0) }
        manifest = DataManifest(count: count, digest: hash.finish())
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let size = fields[0].shape.elementCount
        precondition(index >= 0 && index < count && arrays.count == 2)
        withExtendedLifetime(values) {
            arrays[0].update(from: values.pointer + index * size, count: size)
        }
        arrays[1][0] = Float(labels[index])
    }
}

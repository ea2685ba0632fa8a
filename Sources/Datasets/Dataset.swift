public import Hashing
public import Tensors

/// Examples by number.
///
/// An example is one array or several: an image, an image and its label, a clip, a row of a table.
public protocol Dataset: Sendable {
    /// The number of examples.
    var count: Int { get }
    /// The shape of each array of an example.
    var shapes: [Shape] { get }
    /// What the examples are, to the last bit: workers prove with it that they read the same data.
    var manifest: DataManifest { get }
    /// What its user should know of it, such as examples that were left out.
    var notes: [String] { get }
    /// What its classes are called, by their numbers; empty where they have no names.
    var classNames: [String] { get }
    /// Writes each array of example `index` to memory that has room for it. The same index, the same numbers.
    func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) throws
}

extension Dataset {
    public var notes: [String] { [] }
    public var classNames: [String] { [] }

    /// Examples by number, in their own order: their first array, and their classes where they have them.
    public func examples(_ numbers: some Collection<Int>) throws -> (
        values: NDArray, labels: [Int]?
    ) {
        let arrays = shapes.map { NDArray(uninitialized: Shape([numbers.count] + $0)) }
        for (row, number) in numbers.enumerated() {
            try read(
                number, into: zip(arrays, shapes).map { $0.pointer + row * $1.elementCount })
        }
        let batch = Batch(arrays: arrays)
        return (batch.arrays[0], batch.labels)
    }
}

/// A data set's size and the hash of its decoded content.
public struct DataManifest: Hashable, Sendable {
    public let count: Int
    public let digest: Digest

    public init(count: Int, digest: Digest) {
        self.count = count
        self.digest = digest
    }
}

/// Some examples, stacked: each array is `[examples, shape…]`.
public struct Batch: Sendable {
    public let arrays: [NDArray]

    /// The class of each example, where that is its second array.
    public var labels: [Int]? {
        arrays.count > 1 ? arrays[1].scalars.map { Int($0) } : nil
    }
}

/// Data that cannot be read: what was expected, what was found, what to do.
public struct DataError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

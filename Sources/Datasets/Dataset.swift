public import Hashing
public import Tensors

/// Examples that are found by number.
///
/// An example is one or more arrays: an image, an image and its label, a clip, or a row of a table.
public protocol Dataset: Sendable {
    /// The number of examples.
    var count: Int { get }
    /// The fields of each example.
    var fields: [Field] { get }
    /// The size and hash of the examples, with which workers prove that they read the same data, to the last bit.
    var manifest: DataManifest { get }
    /// Notes for the user, such as examples that were left out.
    var notes: [String] { get }
    /// The names of the classes, in the order of their numbers; empty if they have no names.
    var classNames: [String] { get }
    /// Settings that follow from the data, by name, such as what a row of a table is made of; most data decide none.
    var decidedSettings: [String: String] { get }
    /// Files that stay with a run, by name: what its samples are read by where the data are not.
    var companions: [String: [UInt8]] { get }
    /// Writes each field of example `index` to memory that has room for it; the same index always gives the same
    /// numbers.
    func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) throws
    /// Writes each field of the example at a position of the endless sequence, which `random` shuffles.
    ///
    /// By default, each example comes once an epoch, with all its fields.
    func read(at position: Int, _ random: RandomSource, into arrays: [UnsafeMutablePointer<Float>])
        throws
}

extension Dataset {
    public var notes: [String] { [] }
    public var classNames: [String] { [] }
    public var decidedSettings: [String: String] { [:] }
    public var companions: [String: [UInt8]] { [:] }

    public func read(
        at position: Int, _ random: RandomSource, into arrays: [UnsafeMutablePointer<Float>]
    ) throws {
        try read(Sampler(count: count, random: random).example(at: position), into: arrays)
    }

    /// The examples in the order of their numbers.
    public func examples(_ numbers: some Collection<Int>) throws -> Batch {
        try Batch(fields, rows: numbers) { try read($0, into: $1) }
    }
}

/// A data set's size and the hash of its decoded content.
public struct DataManifest: Hashable, Sendable, CustomStringConvertible {
    /// The number of examples of each part; parts are drawn in orders of their own, and most data have one.
    public let counts: [Int]
    public let digest: Digest

    public init(count: Int, digest: Digest) { self.init(counts: [count], digest: digest) }

    public init(counts: [Int], digest: Digest) {
        precondition(!counts.isEmpty, "expected a count for each part of the data, found none")
        self.counts = counts
        self.digest = digest
    }

    /// The number of examples of the largest part, all of which an epoch sees.
    public var count: Int { counts.max() ?? 0 }

    /// A text such as "1067 and 1334 examples (0123456789ab…)".
    public var description: String {
        let sizes = counts.map(String.init).joined(separator: " and ")
        return "\(sizes) examples (\(digest.description.prefix(12))…)"
    }
}

/// Some examples, stacked field by field.
public struct Batch: Sendable {
    public let fields: [Field]
    /// One array for each field, `[examples, shape…]`.
    public let arrays: [NDArray]

    /// - Parameter read: Writes each field of the example that belongs to a row.
    init<Row>(
        _ fields: [Field], rows: some Collection<Row>,
        _ read: (Row, [UnsafeMutablePointer<Float>]) throws -> Void
    ) throws {
        self.fields = fields
        arrays = fields.map { NDArray(uninitialized: Shape([rows.count] + $0.shape)) }
        for (number, row) in rows.enumerated() {
            try read(
                row,
                zip(arrays, fields).map { $0.pointer + number * $1.shape.elementCount })
        }
    }

    /// The first field of each example, `[examples, shape…]`.
    public var values: NDArray { arrays[0] }

    /// The class of each example; nil if no classes are known.
    public var labels: [Int]? {
        fields.firstIndex { $0.kind == .label }.map { arrays[$0].scalars.map { Int($0) } }
    }
}

/// Data that cannot be read; the message says what was expected, what was found, and what to do.
public struct DataError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

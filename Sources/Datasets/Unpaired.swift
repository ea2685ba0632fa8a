internal import Hashing
public import Tensors

/// Two unrelated sets of pictures of one size, `a` and `b`, each drawn in an order of its own.
public struct Unpaired: Dataset {
    private let a: any Dataset
    private let b: any Dataset

    public let fields: [Field]
    public let manifest: DataManifest

    /// - Parameters:
    ///   - a: Pictures without classes.
    ///   - b: Pictures of the same shape.
    public init(_ a: any Dataset, _ b: any Dataset) {
        precondition(a.fields.count == 1 && a.fields == b.fields, "two sets of unlike pictures")
        self.a = a
        self.b = b
        let shape = a.fields[0].shape
        fields = [Field("a", shape, .image), Field("b", shape, .image)]
        manifest = DataManifest(
            counts: [a.count, b.count],
            digest: SHA256.digest(of: "unpaired \(a.manifest.digest) and \(b.manifest.digest)"))
    }

    /// The count of the larger set; an epoch sees all of it, and pictures of the other set more than once.
    public var count: Int { manifest.count }
    public var notes: [String] { a.notes + b.notes }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) throws {
        try a.read(index % a.count, into: [arrays[0]])
        try b.read(index % b.count, into: [arrays[1]])
    }

    public func read(
        at position: Int, _ random: RandomSource, into arrays: [UnsafeMutablePointer<Float>]
    ) throws {
        try a.read(at: position, random.ordering(part: 0), into: [arrays[0]])
        try b.read(at: position, random.ordering(part: 1), into: [arrays[1]])
    }
}

internal import CKernels
#if canImport(Glibc)
    internal import Glibc
#endif
internal import Synchronization

/// How the elements of an array lie in memory.
public enum Layout: Hashable, Sendable {
    /// Elements lie in row order.
    case plain
    /// Elements lie as `[batch, channels / block, spatial…, block]`, which vectorized convolutions read and write.
    case blocked(Int)

    /// The number of channels that lie side by side.
    var block: Int {
        if case .blocked(let block) = self { block } else { 1 }
    }
}

/// An array of numbers with a shape: immutable once it is made, and without gradients.
///
/// ``Tensor`` adds gradients.
public struct NDArray: @unchecked Sendable {
    public let shape: Shape
    public let layout: Layout
    public let storage: Storage
    /// Copies in the layouts that kernels prefer.
    ///
    /// They are kept where any lanes use the same weights again and again.
    let packedCopies: PackedCopies?

    /// An array over memory that holds its numbers in a layout.
    ///
    /// Packed copies of up to `largestPackedCopy` floats are kept. Larger ones are made anew for each use.
    public init(
        shape: Shape, layout: Layout = .plain, storage: Storage, largestPackedCopy: Int = 0
    ) {
        require(
            storage.count >= shape.elementCount,
            "\(shape) needs \(shape.elementCount) floats, not \(storage.count)")
        self.shape = shape
        self.layout = layout
        self.storage = storage
        packedCopies = largestPackedCopy > 0 ? PackedCopies(largest: largestPackedCopy) : nil
    }

    /// Creates a view of weights under another shape, with the packed copies that they have.
    init(_ weights: NDArray, as shape: Shape) {
        precondition(shape.elementCount == weights.count && weights.layout == .plain)
        self.shape = shape
        layout = .plain
        storage = weights.storage
        packedCopies = weights.packedCopies
    }

    /// Creates an uninitialized array from the calling lane's pool; the caller fills it before anything reads it.
    public init(uninitialized shape: Shape, layout: Layout = .plain) {
        self.init(
            shape: shape, layout: layout,
            storage: Lane.current.pool.storage(count: shape.elementCount))
    }

    public init(_ scalars: some Collection<Float>, shape: Shape) {
        require(
            scalars.count == shape.elementCount,
            "\(shape) needs \(shape.elementCount) floats, not \(scalars.count)")
        self.init(uninitialized: shape)
        _ = UnsafeMutableBufferPointer(start: pointer, count: count).update(from: scalars)
    }

    public init(repeating value: Float, shape: Shape, layout: Layout = .plain) {
        self.init(uninitialized: shape, layout: layout)
        kernel_fill(count, pointer, value)
    }

    /// Notes that one of `users` leaves no longer needs the copies that were made of these weights so far.
    public func finishUse(of users: Int) { packedCopies?.finishUse(of: users) }

    public var count: Int { shape.elementCount }
    public var pointer: UnsafeMutablePointer<Float> { storage.pointer }

    /// The numbers in row order.
    public var scalars: [Float] {
        let plain = self.in(.plain)
        return withExtendedLifetime(plain) {
            Array(UnsafeBufferPointer(start: plain.pointer, count: count))
        }
    }

    /// Copies the numbers in row order to `target`, which must have room for them.
    public func copyPlain(to target: UnsafeMutablePointer<Float>) {
        let plain = self.in(.plain)
        withExtendedLifetime(plain) { target.update(from: plain.pointer, count: count) }
    }

    /// The same numbers in another layout.
    func `in`(_ wanted: Layout) -> NDArray {
        if layout == wanted { return self }
        if isSameInEveryLayout { return NDArray(shape: shape, layout: wanted, storage: storage) }
        return Lane.current.kernels.reordered(self, to: wanted)
    }

    /// The same numbers under another shape.
    func reshaped(to other: Shape) -> NDArray {
        require(
            other.elementCount == count,
            "\(shape) has \(count) elements, \(other) has \(other.elementCount)")
        if other == shape { return self }
        return NDArray(shape: other, storage: self.in(.plain).storage)
    }

    /// If every spatial extent is one, blocks of channels lie in row order anyway.
    private var isSameInEveryLayout: Bool {
        count == 0 || shape.dropFirst(Swift.min(2, shape.rank)).allSatisfy { $0 == 1 }
    }
}

/// The layouts in which a weight array has been needed so far, shared by the lanes that compute with these weights.
final class PackedCopies: Sendable {
    private let copies = Mutex<[PrimitiveKey: PackedCopy]>([:])
    private let uses = Mutex(0)
    private let largest: Int

    /// - Parameter largest: The largest copy that is kept, in floats.
    init(largest: Int) { self.largest = largest }

    /// Notes that one of `users` no longer needs the copies; after the last of them, all copies are released.
    func finishUse(of users: Int) {
        let isLast = uses.withLock { uses in
            uses += 1
            return uses == users
        }
        if isLast { copies.withLock { $0 = [:] } }
    }

    /// Whether a copy of this many floats is kept.
    func keeps(_ count: Int) -> Bool { count <= largest }

    /// The copy for `key`, whose size must be one that is kept; lanes that ask for it at the same time fill its parts
    /// together.
    func copy(
        for key: PrimitiveKey, count: Int, parts: Int = 1, fill: (Storage, _ part: Int) -> Void
    ) -> Storage {
        let known = copies.withLock { copies in
            if copies[key] == nil { copies[key] = PackedCopy(count: count, parts: parts) }
            return copies[key]
        }
        guard let known else { preconditionFailure("a copy that was just made is gone") }
        return known.completed(fill)
    }
}

/// A copy, and how much of it is filled.
private final class PackedCopy: Sendable {
    private let storage: Storage
    private let parts: Int
    private let progress = Mutex((begun: 0, done: 0))

    init(count: Int, parts: Int) {
        storage = Lane.current.pool.storage(count: count)
        self.parts = parts
    }

    func completed(_ fill: (Storage, _ part: Int) -> Void) -> Storage {
        while let part = nextPart() {
            fill(storage, part)
            progress.withLock { $0.done += 1 }
        }
        // Parts that other lanes have begun will be done in a moment.
        while progress.withLock({ $0.done < parts }) { sched_yield() }
        return storage
    }

    private func nextPart() -> Int? {
        progress.withLock { progress in
            guard progress.begun < parts else { return nil }
            defer { progress.begun += 1 }
            return progress.begun
        }
    }
}

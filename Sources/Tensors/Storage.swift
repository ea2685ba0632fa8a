#if canImport(Glibc)
    internal import Glibc
#endif
internal import Synchronization

/// Memory for floats, aligned to 64 bytes, counted by reference; it returns to the pool it came from.
///
/// Unsafe code rests on one rule: only the creator writes, before it hands the storage on.
public final class Storage: @unchecked Sendable {
    public let pointer: UnsafeMutablePointer<Float>
    /// The number of floats.
    public let count: Int
    private let home: Home

    private enum Home {
        case pool(StoragePool, bytes: Int)
        case owner(AnyObject)
    }

    fileprivate init(
        pointer: UnsafeMutablePointer<Float>, count: Int, pool: StoragePool, bytes: Int
    ) {
        self.pointer = pointer
        self.count = count
        home = .pool(pool, bytes: bytes)
    }

    /// A view of memory that `owner` keeps alive, such as a part of another storage or a received message.
    public init(viewing pointer: UnsafeMutablePointer<Float>, count: Int, of owner: AnyObject) {
        self.pointer = pointer
        self.count = count
        home = .owner(owner)
    }

    /// A view of a part of this storage.
    public func view(_ range: Range<Int>) -> Storage {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Storage(viewing: pointer + range.lowerBound, count: range.count, of: self)
    }

    /// A copy of the floats.
    public var scalars: [Float] {
        withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
    }

    /// The floats as they lie in memory, for as long as this storage lives.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(UnsafeBufferPointer(start: pointer, count: count))
    }

    deinit {
        if case .pool(let pool, let bytes) = home { pool.recycle(pointer, bytes: bytes) }
    }
}

/// Memory kept for reuse by size class, so that a step in steady state asks the system for nothing.
public final class StoragePool: Sendable {
    private let free = Mutex<[Int: FreeList]>([:])

    public init() {}

    /// Uninitialized memory for `count` floats.
    public func storage(count: Int) -> Storage {
        let bytes = Self.sizeClass(bytes: count * MemoryLayout<Float>.stride)
        let address = free.withLock { $0[bytes, default: FreeList()].addresses.popLast() }
        let raw =
            address.flatMap(UnsafeMutableRawPointer.init(bitPattern:))
            ?? Self.allocate(bytes: bytes)
        return Storage(
            pointer: raw.assumingMemoryBound(to: Float.self), count: count, pool: self, bytes: bytes
        )
    }

    /// Memory for `count` floats, all zero.
    public func zeros(count: Int) -> Storage {
        let storage = storage(count: count)
        storage.pointer.update(repeating: 0, count: count)
        return storage
    }

    fileprivate func recycle(_ pointer: UnsafeMutablePointer<Float>, bytes: Int) {
        let address = UInt(bitPattern: pointer)
        free.withLock { $0[bytes, default: FreeList()].addresses.append(address) }
    }

    /// The next of four steps between powers of two: at most a quarter is wasted.
    private static func sizeClass(bytes: Int) -> Int {
        let wanted = max(bytes, 256)
        let step = (1 << (Int.bitWidth - 1 - (wanted - 1).leadingZeroBitCount)) / 4
        return (wanted + step - 1) / step * step
    }

    private static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        guard let memory = aligned_alloc(64, (bytes + 63) / 64 * 64) else {
            preconditionFailure("out of memory: \(bytes) bytes")
        }
        return memory
    }

    private struct FreeList {
        var addresses: [UInt] = []
    }

    deinit {
        free.withLock { lists in
            for address in lists.values.flatMap(\.addresses) {
                Glibc.free(UnsafeMutableRawPointer(bitPattern: address))
            }
        }
    }
}

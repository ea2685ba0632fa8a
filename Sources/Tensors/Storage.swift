#if canImport(Glibc)
    internal import Glibc
#endif
internal import Platform
internal import Synchronization

/// Memory for floats, counted by reference; when it is released, it returns to where it came from.
///
/// Unsafe code rests on one rule: only the creator writes, before it hands the storage on.
public final class Storage: @unchecked Sendable {
    public let pointer: UnsafeMutablePointer<Float>
    /// The number of floats.
    public let count: Int
    private let home: Home

    private enum Home {
        case pool(StoragePool, bytes: Int)
        case heap(bytes: Int)
        case system
        case owner(AnyObject)
    }

    private init(_ memory: UnsafeMutableRawPointer, count: Int, home: Home) {
        pointer = memory.assumingMemoryBound(to: Float.self)
        self.count = count
        self.home = home
    }

    fileprivate convenience init(
        _ memory: UnsafeMutableRawPointer, count: Int, pool: StoragePool, bytes: Int
    ) {
        self.init(memory, count: count, home: .pool(pool, bytes: bytes))
    }

    fileprivate convenience init(_ memory: UnsafeMutableRawPointer, count: Int, heapBytes: Int) {
        self.init(memory, count: count, home: .heap(bytes: heapBytes))
    }

    /// Zeros that take no memory until something else is written to them.
    public static func zeros(count: Int) -> Storage {
        guard let memory = calloc(max(count, 1), MemoryLayout<Float>.stride) else {
            endForWantOfMemory(bytes: count * MemoryLayout<Float>.stride)
        }
        return Storage(memory, count: count, home: .system)
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
        switch home {
        case .pool(let pool, let bytes): pool.recycle(pointer, bytes: bytes)
        case .heap(let bytes): Heap.shared.free(pointer, bytes: bytes)
        case .system: free(pointer)
        case .owner: break
        }
    }
}

/// The source of storage: small pieces are kept for reuse by their size, and large ones share the process's heap.
public final class StoragePool: Sendable {
    private let free = Mutex<[Int: [UInt]]>([:])
    private static let largest = 32 << 10

    public init() {}

    /// Uninitialized memory for `count` floats.
    ///
    /// Debug builds, and so all tests, fill it with NaN, which reveals code that reads memory before anything was
    /// written to it.
    public func storage(count: Int) -> Storage {
        let storage = uninitialized(count: count)
        #if DEBUG
            memset(storage.pointer, 0xFF, count * MemoryLayout<Float>.stride)
        #endif
        return storage
    }

    private func uninitialized(count: Int) -> Storage {
        let wanted = count * MemoryLayout<Float>.stride
        if wanted > Self.largest {
            let bytes = Heap.rounded(wanted)
            return Storage(Heap.shared.allocate(bytes: bytes), count: count, heapBytes: bytes)
        }
        let bytes = Self.sizeClass(bytes: wanted)
        let address = free.withLock { $0[bytes, default: []].popLast() }
        let memory =
            address.flatMap(UnsafeMutableRawPointer.init(bitPattern:))
            ?? Self.allocate(bytes: bytes)
        return Storage(memory, count: count, pool: self, bytes: bytes)
    }

    fileprivate func recycle(_ pointer: UnsafeMutablePointer<Float>, bytes: Int) {
        let address = UInt(bitPattern: pointer)
        free.withLock { $0[bytes, default: []].append(address) }
    }

    /// Rounds up to the next of four steps between powers of two, so at most a quarter is wasted.
    private static func sizeClass(bytes: Int) -> Int {
        let wanted = max(bytes, 256)
        let step = (1 << (Int.bitWidth - 1 - (wanted - 1).leadingZeroBitCount)) / 4
        return (wanted + step - 1) / step * step
    }

    private static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        guard let memory = aligned_alloc(64, (bytes + 63) / 64 * 64) else {
            endForWantOfMemory(bytes: bytes)
        }
        return memory
    }

    deinit {
        free.withLock { lists in
            for address in lists.values.joined() {
                Glibc.free(UnsafeMutableRawPointer(bitPattern: address))
            }
        }
    }
}

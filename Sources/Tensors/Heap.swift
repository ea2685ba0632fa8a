#if canImport(Glibc)
    internal import Glibc
#endif
internal import Synchronization

/// Large blocks of memory for all threads of the process, kept for reuse.
///
/// A request takes the first gap that holds it, and neighbouring gaps join: low addresses fill up before new pages are touched. So lanes, servers and checkpoints share
/// one peak instead of each having its own, and a step in steady state asks the system for nothing.
final class Heap: Sendable {
    static let shared = Heap()

    /// Blocks start and end at multiples of this many bytes.
    private static let grain = 4096

    private struct Gap {
        var start: UInt
        var bytes: Int
        var end: UInt { start + UInt(bytes) }
    }

    /// In the order of their addresses.
    private let gaps = Mutex<[Gap]>([reserved()])

    private init() {}

    static func rounded(_ bytes: Int) -> Int { (bytes + grain - 1) / grain * grain }

    /// Uninitialized memory; `bytes` is rounded.
    func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        let start = gaps.withLock { Self.take(bytes, from: &$0) }
        guard let start, let memory = UnsafeMutableRawPointer(bitPattern: start) else {
            preconditionFailure("out of memory: \(bytes) bytes")
        }
        return memory
    }

    func free(_ memory: UnsafeMutableRawPointer, bytes: Int) {
        gaps.withLock {
            Self.insert(Gap(start: UInt(bitPattern: memory), bytes: bytes), into: &$0)
        }
    }

    private static func take(_ bytes: Int, from gaps: inout [Gap]) -> UInt? {
        let best = gaps.firstIndex { $0.bytes >= bytes }
        guard let best else { return nil }
        let start = gaps[best].start
        if gaps[best].bytes == bytes {
            gaps.remove(at: best)
        } else {
            gaps[best].start += UInt(bytes)
            gaps[best].bytes -= bytes
        }
        return start
    }

    private static func insert(_ gap: Gap, into gaps: inout [Gap]) {
        var (low, high) = (0, gaps.count)
        while low < high {
            let middle = (low + high) / 2
            if gaps[middle].start < gap.start { low = middle + 1 } else { high = middle }
        }
        let joinsNext = low < gaps.count && gap.end == gaps[low].start
        if low > 0, gaps[low - 1].end == gap.start {
            gaps[low - 1].bytes += gap.bytes
            if joinsNext { gaps[low - 1].bytes += gaps.remove(at: low).bytes }
        } else if joinsNext {
            gaps[low].start = gap.start
            gaps[low].bytes += gap.bytes
        } else {
            gaps.insert(gap, at: low)
        }
    }

    /// Addresses for all there will ever be: pages take memory when they are first written to.
    private static func reserved() -> Gap {
        for shift in stride(from: 42, through: 30, by: -1) {
            let mapped = mmap(
                nil, 1 << shift, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
            if let mapped, mapped != MAP_FAILED {
                return Gap(start: UInt(bitPattern: mapped), bytes: 1 << shift)
            }
        }
        preconditionFailure("the system gives no addresses")
    }
}

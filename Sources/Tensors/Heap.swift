#if canImport(Glibc)
    internal import Glibc
#endif
internal import Platform
internal import Synchronization

/// Large blocks of memory for all threads of the process, kept for reuse.
///
/// A request takes the first gap that holds it, and neighbouring gaps are joined, so low addresses fill up before new
/// pages are touched. Lanes, servers and checkpoints therefore share one peak instead of each having its own, and a
/// step in steady state asks the system for nothing.
final class Heap: Sendable {
    static let shared = Heap()

    /// Blocks start and end at multiples of this many bytes.
    private static let grain = 4096
    /// Addresses are opened in steps of this many bytes.
    private static let stepBytes = 16 << 20

    private struct Gap {
        var start: UInt
        var bytes: Int
        var end: UInt { start + UInt(bytes) }
    }

    private struct Room {
        /// All gaps, in the order of their addresses.
        var gaps: [Gap]
        /// The end of the addresses that may be used.
        var openEnd: UInt
    }

    private let room: Mutex<Room>

    private init() {
        let all = Self.reserved()
        room = Mutex(Room(gaps: [all], openEnd: all.start))
    }

    static func rounded(_ bytes: Int) -> Int { (bytes + grain - 1) / grain * grain }

    /// Allocates uninitialized memory of `bytes` bytes, a number that ``rounded(_:)`` gave.
    func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        let start = room.withLock { room in
            Self.take(bytes, from: &room.gaps).flatMap { Self.open($0, bytes, &room) }
        }
        guard let start, let memory = UnsafeMutableRawPointer(bitPattern: start) else {
            endForWantOfMemory(bytes: bytes)
        }
        return memory
    }

    func free(_ memory: UnsafeMutableRawPointer, bytes: Int) {
        room.withLock {
            Self.insert(Gap(start: UInt(bitPattern: memory), bytes: bytes), into: &$0.gaps)
        }
    }

    private static func take(_ bytes: Int, from gaps: inout [Gap]) -> UInt? {
        guard let index = gaps.firstIndex(where: { $0.bytes >= bytes }) else { return nil }
        let start = gaps[index].start
        if gaps[index].bytes == bytes {
            gaps.remove(at: index)
        } else {
            gaps[index].start += UInt(bytes)
            gaps[index].bytes -= bytes
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

    /// Makes addresses usable up to the end of a block; returns nil if the system refuses.
    private static func open(_ start: UInt, _ bytes: Int, _ room: inout Room) -> UInt? {
        let end = start + UInt(bytes)
        guard end > room.openEnd else { return start }
        let step = (Int(end - room.openEnd) + stepBytes - 1) / stepBytes * stepBytes
        let added = UnsafeMutableRawPointer(bitPattern: room.openEnd)
        guard mprotect(added, step, PROT_READ | PROT_WRITE) == 0 else { return nil }
        room.openEnd += UInt(step)
        return start
    }

    /// Reserves all addresses that the heap will ever use; they take no memory, and none is promised before they are
    /// opened.
    private static func reserved() -> Gap {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        // If addresses are limited, stacks and libraries need some of them, too.
        var bytes = Int(min(1 << 42, limit.rlim_cur / 2)) / stepBytes * stepBytes
        while bytes > stepBytes {
            let mapped = mmap(
                nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
            if let mapped, mapped != MAP_FAILED {
                // The last step of addresses is never given out, so that opening whole steps stays within the
                // reservation.
                return Gap(start: UInt(bitPattern: mapped), bytes: bytes - stepBytes)
            }
            bytes = bytes / 2 / stepBytes * stepBytes
        }
        endForWantOfMemory(bytes: stepBytes)
    }
}

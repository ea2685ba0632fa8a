internal import Foundation

/// A thread of the operating system, which ends when its work is done.
///
/// Foundation reports no error if a thread cannot be created, and everything that waits for it waits for ever; this one
/// throws.
package struct SystemThread {
    /// A stack size in bytes that is enough for all threads but lanes.
    package static let usualStack = 16 << 20

    /// - Parameters:
    ///   - name: The name in debuggers and `top`, cut to 15 bytes.
    ///   - stackBytes: The addresses reserved for its stack; memory is taken as it is used.
    /// - Throws: ``ThreadError`` if the system allows no more threads, or has no room for the stack.
    @discardableResult
    package init(
        _ name: String, stackBytes: Int = usualStack, _ body: @escaping @Sendable () -> Void
    ) throws(ThreadError) {
        let work = Unmanaged.passRetained(Work(name, body))
        var code = Self.start(work.toOpaque(), stackBytes)
        // Threads that have just ended may still count for a moment.
        for _ in 0..<5 where code == EAGAIN {
            usleep(10_000)
            code = Self.start(work.toOpaque(), stackBytes)
        }
        guard code == 0 else {
            work.release()
            throw ThreadError(name: name, code: code)
        }
    }

    /// How many of some threads the system allows at once, in addition to those that exist.
    ///
    /// - Parameter stacks: The stack size of each thread in bytes, in the order in which they are tried.
    package static func allowed(_ stacks: [Int]) -> Int {
        let gate = Gate()
        var made = 0
        for stack in stacks {
            guard (try? SystemThread("probe", stackBytes: stack) { gate.pass() }) != nil else {
                break
            }
            made += 1
        }
        gate.open(waitingFor: made)
        return made
    }

    private static func start(_ work: UnsafeMutableRawPointer, _ stackBytes: Int) -> Int32 {
        var thread: pthread_t = 0
        let code = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { room in
            guard let attributes = room.baseAddress else { return ENOMEM }
            pthread_attr_init(attributes)
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setstacksize(attributes, stackBytes)
            return pthread_create(
                &thread, attributes,
                { work in
                    guard let work else { return nil }
                    Unmanaged<Work>.fromOpaque(work).takeRetainedValue().perform()
                    return nil
                }, work)
        }
        if code == 0 { pthread_detach(thread) }
        return code
    }
}

/// The work of a thread.
private final class Work: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    func perform() {
        setName()
        body()
    }

    /// This is what pthread_setname_np does, which Swift does not see.
    private func setName() {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = write(file, bytes, bytes.count)
        close(file)
    }
}

/// Holds threads back until all of them are there.
private final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    // Guarded by the condition.
    private var isOpen = false
    private var passed = 0

    func pass() {
        condition.lock()
        while !isOpen { condition.wait() }
        passed += 1
        condition.broadcast()
        condition.unlock()
    }

    func open(waitingFor count: Int) {
        condition.lock()
        isOpen = true
        condition.broadcast()
        while passed < count { condition.wait() }
        condition.unlock()
    }
}

/// A thread that the system does not allow.
package struct ThreadError: Error, CustomStringConvertible {
    private let name: String
    /// The system's reason.
    package let reason: String

    fileprivate init(name: String, code: Int32) {
        self.name = name
        reason = String(cString: strerror(code))
    }

    package var description: String {
        "expected one more thread (\(name)), the system allowed none (\(reason)); 'ulimit -u', 'ulimit -v' and the pids of a cgroup limit them"
    }
}

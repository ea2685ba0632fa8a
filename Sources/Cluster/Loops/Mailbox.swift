internal import Foundation
internal import Synchronization
internal import Wire

/// Values from other threads for one loop, which is woken when one arrives.
final class Mailbox<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    let wakeup: Wakeup

    init(wakeup: Wakeup) { self.wakeup = wakeup }

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        wakeup.signal()
    }

    func takeAll() -> [Value] {
        values.withLock { values in
            defer { values = [] }
            return values
        }
    }
}

/// One value that a thread waits for another to give.
final class Promise<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let given = DispatchSemaphore(value: 0)

    func give(_ value: Value) {
        self.value.withLock { $0 = value }
        given.signal()
    }

    /// Waits for the value, at most this long; nil where it did not come.
    func take(within time: DispatchTimeInterval) -> Value? {
        given.wait(timeout: .now() + time) == .success ? value.withLock { $0 } : nil
    }

    /// Waits for the value; only once.
    func take() -> Value {
        given.wait()
        guard let value = value.withLock({ $0 }) else {
            preconditionFailure("a promise was signalled without a value")
        }
        return value
    }
}

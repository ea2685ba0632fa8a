internal import Foundation
internal import Synchronization

/// Somebody's wish that a process end in good order.
package final class Ending: Sendable {
    private let asked = Atomic(false)
    private let hasBegun = Atomic(false)
    private let cleaning = Mutex<[@Sendable () -> Void]>([])

    package init() {}

    /// From here on there is work that would be lost: until then, the first signal ends the process at once.
    package func begin() { hasBegun.store(true, ordering: .relaxed) }

    package func ask() { asked.store(true, ordering: .relaxed) }

    package var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// Does what must be done before the process ends.
    package func clean() { for clean in cleaning.withLock({ $0 }) { clean() } }

    /// Has something done also where a second signal ends the process at once.
    package func beforeEnd(_ clean: @escaping @Sendable () -> Void) {
        cleaning.withLock { $0.append(clean) }
    }

    /// The wish that the first SIGTERM or SIGINT (Ctrl-C) is; the second ends the process at once.
    package static func onTermination() -> Ending {
        let ending = Ending()
        let signals = [SIGTERM, SIGINT]
        for number in signals {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { ending.take(number) }
            source.resume()
            // It listens for as long as the process lives.
            _ = Unmanaged.passRetained(source as AnyObject)
        }
        return ending
    }

    private static let queue = DispatchQueue(label: "termination")

    private func take(_ number: Int32) {
        if !isAsked, hasBegun.load(ordering: .relaxed) { return ask() }
        clean()
        guard isAsked else { _exit(75) }
        signal(number, SIG_DFL)
        // Dispatch's threads block signals: without this it would wait for ever.
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, number)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(number)
    }
}

internal import Foundation
internal import Platform
internal import Synchronization

/// Somebody's wish that a process end in good order.
package final class Ending: Sendable {
    /// What a signal comes to.
    enum Answer {
        /// There is nothing yet that would be lost: the process ends now.
        case leave
        /// The process is to end in good order.
        case ask
        /// It is the same wish as the first.
        case pass
        /// Somebody does not want to wait for the good order.
        case endAtOnce
    }

    private let askedAt = Mutex<ContinuousClock.Instant?>(nil)
    private let hasBegun = Atomic(false)
    private let cleaning = Mutex<[@Sendable () -> Void]>([])

    package init() {}

    /// From here on there is work that would be lost: until then, the first signal ends the process at once.
    package func begin() { hasBegun.store(true, ordering: .relaxed) }

    package func ask() { askedAt.withLock { $0 = $0 ?? .now } }

    package var isAsked: Bool { askedAt.withLock { $0 != nil } }

    /// Does what must be done before the process ends.
    package func clean() {
        for clean in cleaning.withLock({ $0 }) { clean() }
        UnfinishedFile.removeAll()
    }

    /// Has something done also where a signal ends the process at once.
    package func beforeEnd(_ clean: @escaping @Sendable () -> Void) {
        cleaning.withLock { $0.append(clean) }
    }

    /// The wish that the first SIGTERM, SIGINT (Ctrl-C) or SIGHUP (a terminal that is closed) is; a later one ends the
    /// process at once.
    package static func onTermination() -> Ending {
        let ending = Ending()
        for number in [SIGTERM, SIGINT, SIGHUP] {
            let isIgnored = isIgnored(number)
            // nohup means that the process outlives its terminal.
            if number == SIGHUP && isIgnored { continue }
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

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Decides what a signal comes to.
    ///
    /// Supervisors send one wish as several signals: `timeout` to its child, and then to the child's whole group.
    func hear(now: ContinuousClock.Instant) -> Answer {
        askedAt.withLock { askedAt in
            if let askedAt { return now - askedAt < Timeouts.oneWish ? .pass : .endAtOnce }
            guard hasBegun.load(ordering: .relaxed) else { return .leave }
            askedAt = now
            return .ask
        }
    }

    private func take(_ number: Int32) {
        switch hear(now: .now) {
        case .ask, .pass: return
        case .leave:
            StandardStream.error.say(
                "swiftgan: ended as asked, before there was anything to save")
            StandardStream.error.finish()
            clean()
            _exit(75)
        case .endAtOnce:
            clean()
            signal(number, SIG_DFL)
            // Dispatch's threads block signals: without this it would wait for ever.
            var own = sigset_t()
            sigemptyset(&own)
            sigaddset(&own, number)
            pthread_sigmask(SIG_UNBLOCK, &own, nil)
            raise(number)
        }
    }
}

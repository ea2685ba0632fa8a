internal import Foundation
internal import Synchronization

/// Somebody's wish that a process end in good order.
package final class Ending: Sendable {
    private let asked = Atomic(false)

    package init() {}

    package func ask() { asked.store(true, ordering: .relaxed) }

    package var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// The wish that the first SIGTERM is; the second ends the process at once.
    package static func onTermination() -> Ending {
        let ending = Ending()
        signal(SIGTERM, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        source.setEventHandler {
            ending.ask()
            signal(SIGTERM, SIG_DFL)
            source.cancel()
        }
        source.resume()
        return ending
    }
}

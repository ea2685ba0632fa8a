internal import Foundation
internal import Synchronization

/// Of several threads that want to end the process, one does.
private let ending = Mutex(())

/// Ends the process in one line where the system refuses what nothing can go on without, such as memory.
///
/// At once: nothing is open that is not safe on disk or counted as unfinished, and other threads still run.
package func endProcess(_ reason: String, code: Int32 = 1) -> Never {
    ending.withLock { _ in
        StandardStream.output.finish()
        StandardStream.error.say("swiftgan: \(reason)")
        StandardStream.error.finish()
        _exit(code)
    }
}

/// Ends the process for want of memory.
package func endForWantOfMemory(bytes: Int) -> Never {
    endProcess(
        "expected \(max(1, bytes >> 20)) MiB of memory more, the system has none; a smaller microbatch or width, or fewer lanes, need less"
    )
}

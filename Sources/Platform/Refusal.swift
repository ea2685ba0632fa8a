internal import Foundation
internal import Synchronization

/// If several threads want to end the process, only one of them does.
private let ending = Mutex(())

/// Ends the process with one line, if the system refuses something that it cannot go on without, such as memory.
///
/// It ends at once: everything open is either safe on disk or counted as unfinished, and other threads still run.
package func endProcess(_ reason: String, code: Int32 = 1) -> Never {
    ending.withLock { _ in
        StandardStream.output.finish()
        StandardStream.error.say("swiftgan: \(reason)")
        StandardStream.error.finish()
        _exit(code)
    }
}

/// Ends the process because memory is missing.
package func endForWantOfMemory(bytes: Int) -> Never {
    endProcess(
        "expected \(max(1, bytes >> 20)) MiB more memory, but the system has none; a smaller microbatch or width, or fewer lanes, needs less"
    )
}

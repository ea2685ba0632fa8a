internal import CZeroMQ
internal import Glibc
internal import Platform

/// Lets other threads end a loop's wait.
package final class Wakeup: Sendable {
    let descriptor: Int32

    package init() {
        descriptor = swiftgan_wakeup_descriptor()
        guard descriptor >= 0 else {
            endProcess(
                "expected one more file descriptor, the system allowed none (\(String(cString: strerror(errno)))); 'ulimit -n' sets how many",
                code: 75)
        }
    }

    package func signal() { eventfd_write(descriptor, 1) }

    func drain() {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
    }

    deinit { close(descriptor) }
}

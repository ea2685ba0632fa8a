internal import CZeroMQ
internal import Glibc

/// Lets other threads end a loop's wait.
package final class Wakeup: Sendable {
    let descriptor: Int32

    package init() {
        descriptor = swiftgan_wakeup_descriptor()
        precondition(descriptor >= 0, "the system has no more file descriptors")
    }

    package func signal() { eventfd_write(descriptor, 1) }

    func drain() {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
    }

    deinit { close(descriptor) }
}

internal import CKernels
internal import CZeroMQ

/// One part of a message, received or to be sent; large parts are never copied.
///
/// Unsafe code relies on ZeroMQ's rule that a message's memory stays in place until the message is closed or sent.
package final class Frame: @unchecked Sendable {
    fileprivate var message = zmq_msg_t()

    package init() { zmq_msg_init(&message) }

    package init(copying bytes: [UInt8]) {
        zmq_msg_init_size(&message, bytes.count)
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: zmq_msg_data(&message), count: bytes.count)
                .copyMemory(from: source)
        }
    }

    /// Sends memory that `owner` keeps alive until ZeroMQ releases it, on a thread of its own.
    package init(sharing bytes: UnsafeRawBufferPointer, of owner: AnyObject) {
        let hint = Unmanaged.passRetained(owner).toOpaque()
        let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        zmq_msg_init_data(
            &message, start, bytes.count,
            { _, hint in if let hint { Unmanaged<AnyObject>.fromOpaque(hint).release() } }, hint)
    }

    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))
    }

    package var crc32c: UInt32 { Wire.crc32c(bytes) }

    /// The address of the peer that sent this frame; nil for peers in this process.
    package var peerAddress: String? {
        zmq_msg_gets(&message, "Peer-Address").map { String(cString: $0) }
    }

    func send(on socket: UnsafeMutableRawPointer, more: Bool) -> Bool {
        zmq_msg_send(&message, socket, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0
    }

    func receive(on socket: UnsafeMutableRawPointer) -> Bool {
        zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) >= 0
    }

    var hasMore: Bool { zmq_msg_more(&message) != 0 }

    deinit { zmq_msg_close(&message) }
}

/// The checksum that every frame of numbers carries in its header.
package func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    kernel_crc32c(bytes.count, bytes.baseAddress)
}

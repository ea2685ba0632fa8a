internal import CZeroMQ

/// What ZeroMQ refused, and why.
package struct SocketError: Error, CustomStringConvertible {
    package let description: String

    fileprivate init(_ doing: String) {
        let code = zmq_errno()
        let reason =
            code == EADDRINUSE
            ? "the port is in use; choose another, or end the process that has it"
            : String(cString: zmq_strerror(code))
        description = "\(doing): \(reason)"
    }
}

/// A process's ZeroMQ: its I/O threads and the names of its `inproc` endpoints.
package final class Context: @unchecked Sendable {
    fileprivate let handle: UnsafeMutableRawPointer

    package init() {
        guard let handle = zmq_ctx_new() else { preconditionFailure("ZeroMQ has no memory") }
        self.handle = handle
        // One thread of the system's copies at about the speed of one core: servers feed several workers.
        zmq_ctx_set(handle, ZMQ_IO_THREADS, 2)
    }

    deinit { zmq_ctx_term(handle) }
}

/// A ZeroMQ socket with exactly one owner, on the thread that made it; closes itself when that owner goes away.
package struct Socket: ~Copyable {
    package enum Kind: Sendable {
        /// Speaks to one peer.
        case dealer
        /// Answers many peers, each by the name it was received from.
        case router
    }

    /// What travels: small messages that must not wait, or chunks of numbers.
    package enum Traffic: Sendable {
        case control
        /// - Parameter chunk: Bytes of the largest frame.
        case data(chunk: Int)
    }

    /// For ``wait(on:wakeup:milliseconds:)``, while the socket lives.
    package let handle: UnsafeMutableRawPointer
    private let context: Context

    package init(_ kind: Kind, _ traffic: Traffic, in context: Context) throws(SocketError) {
        guard let handle = zmq_socket(context.handle, kind == .router ? ZMQ_ROUTER : ZMQ_DEALER)
        else {
            throw SocketError("cannot make a socket")
        }
        self.handle = handle
        self.context = context
        // Why each: docs/architecture.md, "Sockets".
        set(ZMQ_LINGER, 500)
        set(ZMQ_HANDSHAKE_IVL, 5_000)
        set(ZMQ_CONNECT_TIMEOUT, 2_000)
        set(ZMQ_RECONNECT_IVL, 50)
        set(ZMQ_RECONNECT_IVL_MAX, 1_000)
        set(ZMQ_TCP_KEEPALIVE, 1)
        if kind == .router { set(ZMQ_ROUTER_MANDATORY, 1) } else { set(ZMQ_IMMEDIATE, 1) }
        switch traffic {
        case .control:
            set(ZMQ_MAXMSGSIZE, Int64(largestControlMessage))
        case .data(let chunk):
            set(ZMQ_MAXMSGSIZE, Int64(chunk + largestDataHeader))
            // Frames are shared, not copied: what is in flight is bounded by one step.
            set(ZMQ_SNDHWM, 0)
            set(ZMQ_RCVHWM, 0)
        }
    }

    private func set<Value: FixedWidthInteger>(_ option: Int32, _ value: Value) {
        withUnsafeBytes(of: value) { _ = zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }
    }

    private func set(_ option: Int32, _ value: Int) { set(option, Int32(value)) }

    /// Listens at an endpoint.
    ///
    /// - Returns: The endpoint with the port that the kernel chose, where that was left to it.
    package borrowing func bind(_ endpoint: String) throws(SocketError) -> String {
        guard zmq_bind(handle, endpoint) == 0 else {
            throw SocketError("cannot listen at \(endpoint)")
        }
        var size = 256
        var name = [CChar](repeating: 0, count: size)
        guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &name, &size) == 0 else { return endpoint }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    package borrowing func connect(_ endpoint: String) throws(SocketError) {
        guard zmq_connect(handle, endpoint) == 0 else {
            throw SocketError("cannot connect to \(endpoint)")
        }
    }

    /// Sends frames as one message; false where the peer is gone or cannot take it now.
    @discardableResult
    package borrowing func send(_ frames: [Frame]) -> Bool {
        for (index, frame) in frames.enumerated() {
            guard frame.send(on: handle, more: index + 1 < frames.count) else { return false }
        }
        return true
    }

    /// The next whole message; nil where none is waiting.
    package borrowing func receive() -> [Frame]? {
        var frames: [Frame] = []
        repeat {
            let frame = Frame()
            guard frame.receive(on: handle) else { return nil }
            frames.append(frame)
        } while frames[frames.count - 1].hasMore
        return frames
    }

    deinit { zmq_close(handle) }
}

/// Waits until a socket has a message or `wakeup` is called, or the time is over.
package func wait(on sockets: [UnsafeMutableRawPointer], wakeup: Wakeup? = nil, milliseconds: Int) {
    var items = sockets.map {
        zmq_pollitem_t(socket: $0, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    if let wakeup {
        items.append(
            zmq_pollitem_t(
                socket: nil, fd: wakeup.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    zmq_poll(&items, Int32(items.count), milliseconds)
    wakeup?.drain()
}

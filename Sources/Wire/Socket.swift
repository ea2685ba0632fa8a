internal import CZeroMQ
internal import Foundation
internal import Synchronization

/// A refusal of ZeroMQ, with its reason.
package struct SocketError: Error, CustomStringConvertible {
    package let description: String

    init(_ doing: String) {
        let code = zmq_errno()
        let reason =
            switch code {
            case EADDRINUSE: "the port is in use; choose another, or end the process that has it"
            case ENODEV, EADDRNOTAVAIL:
                "expected an address, a name or a network interface of this host"
            default: String(cString: zmq_strerror(code))
            }
        description = "\(doing): \(reason)"
    }
}

/// The ZeroMQ context of a process, with its I/O threads, the names of its `inproc` endpoints, and its keys.
package final class Context: @unchecked Sendable {
    fileprivate let handle: UnsafeMutableRawPointer
    fileprivate let keys: Keyring?
    fileprivate let gatekeeper: Gatekeeper?
    /// Whether hosts have only IPv6 addresses; this is asked once, because it may take long.
    private let areIPv6 = Mutex<[String: Bool]>([:])

    /// Creates a context for sockets within this process, or within this user's part of this host.
    package init() {
        handle = Self.newHandle()
        (keys, gatekeeper) = (nil, nil)
    }

    /// Creates a context for sockets that other hosts can reach.
    ///
    /// - Parameters:
    ///   - keys: The keys that encrypt TCP connections; nil leaves them open.
    ///   - say: Is told why others, or this process, were turned away.
    /// - Throws: `ThreadError` if the system allows no thread that listens to failed handshakes.
    package init(keys: Keyring?, say: @escaping @Sendable (String) -> Void) throws {
        handle = Self.newHandle()
        self.keys = keys
        gatekeeper = try Gatekeeper(of: handle, keys: keys, say: say)
        // Strangers hold one descriptor each until their handshake is over, and files of the run must not run short of
        // them.
        swiftgan_raise_descriptor_limit()
    }

    /// Whether a host can be reached only over IPv6.
    fileprivate func isIPv6(_ host: String) -> Bool {
        if let known = areIPv6.withLock({ $0[host] }) { return known }
        // A name that does not resolve now may do so later.
        guard let address = HostAddress.of(host).address else { return false }
        areIPv6.withLock { $0[host] = address.isIPv6 }
        return address.isIPv6
    }

    private static func newHandle() -> UnsafeMutableRawPointer {
        guard let handle = zmq_ctx_new() else { preconditionFailure("ZeroMQ has no memory") }
        // One of ZeroMQ's threads copies at about the speed of one core, and servers feed several workers.
        zmq_ctx_set(handle, ZMQ_IO_THREADS, 2)
        return handle
    }

    deinit {
        // The gatekeeper's sockets are the only ones left; they are closed when it hears of this.
        zmq_ctx_shutdown(handle)
        zmq_ctx_term(handle)
    }
}

/// A ZeroMQ socket with exactly one owner, on the thread that made it; closes itself when that owner goes away.
package struct Socket: ~Copyable {
    package enum Kind: Sendable {
        /// Talks to one peer.
        case dealer
        /// Answers many peers, each by the name under which it was received.
        case router
    }

    /// The traffic of a socket: small messages that must not wait, or chunks of numbers.
    package enum Traffic: Sendable {
        case control
        /// - Parameter chunk: The bytes of the largest frame.
        case data(chunk: Int)
    }

    /// The socket's handle for ``wait(on:wakeup:milliseconds:)``, valid while the socket lives.
    package let handle: UnsafeMutableRawPointer
    private let context: Context
    private let domain: String

    package init(_ kind: Kind, _ traffic: Traffic, in context: Context) throws(SocketError) {
        guard let handle = zmq_socket(context.handle, kind == .router ? ZMQ_ROUTER : ZMQ_DEALER)
        else {
            throw SocketError("cannot make a socket")
        }
        do { try Options(handle: handle).set(for: kind, traffic) } catch {
            zmq_close(handle)
            throw error
        }
        self.handle = handle
        self.context = context
        domain = traffic.domain
    }

    /// Listens at an endpoint.
    ///
    /// With keys, TCP connections are accepted only from holders of the cluster's keys.
    ///
    /// - Returns: The endpoint, with the port that the kernel chose if that was left to it.
    package borrowing func bind(_ endpoint: String) throws(SocketError) -> String {
        if !endpoint.isPrivateEndpoint {
            if let keys = context.keys {
                let options = Options(handle: handle)
                try options.set(ZMQ_CURVE_SERVER, 1)
                try options.set(ZMQ_CURVE_SECRETKEY, keys.own.secretKey.bytes)
                try options.set(ZMQ_ZAP_DOMAIN, Array(domain.utf8))
                try options.set(Int32(SWIFTGAN_ZAP_ENFORCE_DOMAIN), 1)
            }
            context.gatekeeper?.watch(handle, isListening: true)
        }
        guard zmq_bind(handle, try prepared(endpoint)) == 0 else {
            throw SocketError("cannot listen at \(endpoint)")
        }
        var size = 256
        var name = [CChar](repeating: 0, count: size)
        guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &name, &size) == 0 else { return endpoint }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// An endpoint to listen at in the form that ZeroMQ takes; it knows addresses and interfaces, but no names.
    private borrowing func prepared(_ endpoint: String) throws(SocketError) -> String {
        guard let host = endpoint.endpointHost, let port = endpoint.endpointPort, host != "*",
            if_nametoindex(host) == 0, let address = HostAddress.of(host).address
        else { return endpoint }
        if address.isIPv6 { try Options(handle: handle).set(ZMQ_IPV6, 1) }
        return "tcp://\(address.text.asEndpointHost):\(port)"
    }

    /// Connects to an endpoint.
    ///
    /// With keys, TCP connections are made only to a holder of that role's key.
    package borrowing func connect(_ endpoint: String, to role: Role) throws(SocketError) {
        if !endpoint.isPrivateEndpoint {
            if let keys = context.keys {
                let options = Options(handle: handle)
                try options.set(ZMQ_CURVE_SERVERKEY, keys.publicKey(of: role).bytes)
                try options.set(ZMQ_CURVE_PUBLICKEY, keys.own.publicKey.bytes)
                try options.set(ZMQ_CURVE_SECRETKEY, keys.own.secretKey.bytes)
            }
            context.gatekeeper?.watch(handle, isListening: false)
            // If a name has addresses of both kinds, the IPv4 address is taken, because most processes listen there.
            if let host = endpoint.endpointHost, context.isIPv6(host) {
                try Options(handle: handle).set(ZMQ_IPV6, 1)
            }
        }
        guard zmq_connect(handle, endpoint) == 0 else {
            throw SocketError("cannot connect to \(endpoint)")
        }
    }

    /// Sends frames as one message; returns false if the peer is gone or cannot take it now.
    @discardableResult
    package borrowing func send(_ frames: [Frame]) -> Bool {
        for (index, frame) in frames.enumerated() {
            guard frame.send(on: handle, more: index + 1 < frames.count) else { return false }
        }
        return true
    }

    /// Sends frames as one message, and says whether that failed because the peer's connection is gone.
    package borrowing func findsNobody(_ frames: [Frame]) -> Bool {
        !send(frames) && zmq_errno() == EHOSTUNREACH
    }

    /// The next whole message; nil if none is waiting.
    package borrowing func receive() -> [Frame]? { Wire.receive(on: handle) }

    deinit { zmq_close(handle) }
}

/// The options of a socket.
///
/// Those that guard it must not be left out because a library lacks them.
private struct Options {
    let handle: UnsafeMutableRawPointer

    /// The reasons are in docs/architecture.md, "Sockets".
    func set(for kind: Socket.Kind, _ traffic: Socket.Traffic) throws(SocketError) {
        try set(ZMQ_LINGER, 500)
        try set(ZMQ_HANDSHAKE_IVL, 5_000)
        try set(ZMQ_CONNECT_TIMEOUT, 2_000)
        try set(ZMQ_RECONNECT_IVL, 50)
        try set(ZMQ_RECONNECT_IVL_MAX, 1_000)
        try set(ZMQ_TCP_MAXRT, 10_000)
        try set(ZMQ_TCP_KEEPALIVE, 1)
        try set(ZMQ_TCP_KEEPALIVE_IDLE, 30)
        try set(ZMQ_TCP_KEEPALIVE_INTVL, 10)
        try set(ZMQ_RCVHWM, 16)
        try set(kind == .router ? ZMQ_ROUTER_MANDATORY : ZMQ_IMMEDIATE, 1)
        switch traffic {
        case .control: try set(ZMQ_MAXMSGSIZE, long: largestControlMessage)
        case .data(let chunk):
            try set(ZMQ_MAXMSGSIZE, long: chunk + largestDataHeader)
            try set(ZMQ_SNDHWM, 0)
        }
    }

    func set(_ option: Int32, _ value: Int) throws(SocketError) {
        try check(withUnsafeBytes(of: Int32(value)) { put(option, $0) }, option)
    }

    func set(_ option: Int32, long value: Int) throws(SocketError) {
        try check(withUnsafeBytes(of: Int64(value)) { put(option, $0) }, option)
    }

    func set(_ option: Int32, _ value: [UInt8]) throws(SocketError) {
        try check(value.withUnsafeBytes { put(option, $0) }, option)
    }

    private func put(_ option: Int32, _ value: UnsafeRawBufferPointer) -> Int32 {
        zmq_setsockopt(handle, option, value.baseAddress, value.count)
    }

    private func check(_ code: Int32, _ option: Int32) throws(SocketError) {
        guard code == 0 else { throw SocketError("libzmq does not take option \(option)") }
    }
}

/// The next whole message on a socket; nil if none is waiting.
func receive(on socket: UnsafeMutableRawPointer) -> [Frame]? {
    var frames: [Frame] = []
    repeat {
        let frame = Frame()
        guard frame.receive(on: socket) else { return nil }
        frames.append(frame)
    } while frames[frames.count - 1].hasMore
    return frames
}

extension String {
    /// Whether an endpoint can be reached only from this process, or from this user's folder; all others need keys.
    fileprivate var isPrivateEndpoint: Bool { hasPrefix("inproc://") || hasPrefix("ipc://") }
}

/// Waits until a socket has a message, `wakeup` is called, or the time is over.
///
/// - Parameter milliseconds: The time to wait; -1 waits without end.
/// - Returns: False if the sockets' context has ended.
@discardableResult
package func wait(on sockets: [UnsafeMutableRawPointer], wakeup: Wakeup? = nil, milliseconds: Int)
    -> Bool
{
    var items = sockets.map {
        zmq_pollitem_t(socket: $0, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    if let wakeup {
        items.append(
            zmq_pollitem_t(
                socket: nil, fd: wakeup.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    let isOver = zmq_poll(&items, Int32(items.count), milliseconds) < 0 && zmq_errno() == ETERM
    wakeup?.drain()
    return !isOver
}

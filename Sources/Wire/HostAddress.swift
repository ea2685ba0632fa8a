internal import Foundation

// Endpoints are written as ZeroMQ writes them: tcp://HOST:PORT, ipc://PATH or inproc://NAME; an IPv6 address stands in
// brackets.
extension String {
    /// The host of a TCP endpoint, with the brackets of an IPv6 address; nil for others.
    package var endpointHost: String? { splitEndpoint.map { String($0.host) } }

    /// The port of a TCP endpoint, a number or `*`; nil for others.
    package var endpointPort: String? { splitEndpoint.map { String($0.port) } }

    private var splitEndpoint: (host: Substring, port: Substring)? {
        guard hasPrefix("tcp://") else { return nil }
        let address = dropFirst(6)
        return address.lastIndex(of: ":").map {
            (address[..<$0], address[address.index(after: $0)...])
        }
    }

    /// A host in the form that it has in an endpoint.
    ///
    /// IPv4 addresses that a socket of both kinds shows as IPv6 become IPv4 again.
    package var asEndpointHost: String {
        let mapped = "::ffff:"
        if hasPrefix(mapped), contains(".") { return String(dropFirst(mapped.count)) }
        return contains(":") && !hasPrefix("[") ? "[\(self)]" : self
    }
}

/// An address to which a host's name or number resolves.
struct HostAddress {
    /// The address as numbers; IPv6 without brackets.
    let text: String
    let isIPv6: Bool
    private let socketAddress: [UInt8]

    /// The address of a host that an endpoint names.
    ///
    /// If there are several, the first IPv4 address is taken, because most processes listen there.
    ///
    /// It asks the system, which may ask the network.
    ///
    /// - Returns: The address, or the system's reason why there is none.
    static func of(_ host: String, port: String = "0") -> (address: HostAddress?, reason: String) {
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, port, &hints, &list)
        guard code == 0 else { return (nil, String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        let all = sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { $0 }
            .compactMap { HostAddress($0.pointee) }
        return (all.first { !$0.isIPv6 } ?? all.first, "it has no address")
    }

    private init?(_ found: addrinfo) {
        guard let address = found.ai_addr else { return nil }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                address, found.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
                == 0
        else { return nil }
        text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        isIPv6 = found.ai_family == AF_INET6
        socketAddress = Array(
            UnsafeRawBufferPointer(start: address, count: Int(found.ai_addrlen)))
    }

    /// The reason why nothing can connect to this address; nil if something can.
    func obstacle(seconds: Int32) -> String? {
        let descriptor = socket(
            isIPv6 ? AF_INET6 : AF_INET,
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return reason(errno) }
        defer { close(descriptor) }
        let code = socketAddress.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(descriptor, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        if code == 0 { return nil }
        guard errno == EINPROGRESS else { return reason(errno) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, seconds * 1000) > 0 else { return "no answer" }
        var result: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &result, &size) == 0 else { return nil }
        return result == 0 ? nil : reason(result)
    }

    private func reason(_ code: Int32) -> String {
        code == ECONNREFUSED ? "nothing listens there" : String(cString: strerror(code))
    }
}

/// The reason, in a few words, why no process answers at an endpoint; nil if one does, or if it is not TCP.
///
/// This takes some seconds if the network does not answer.
package func obstacle(to endpoint: String) -> String? {
    guard let host = endpoint.endpointHost, let port = endpoint.endpointPort else { return nil }
    let (address, reason) = HostAddress.of(host, port: port)
    guard let address else { return "the name \(host) does not resolve: \(reason)" }
    return address.obstacle(seconds: 2)
}

internal import Foundation
internal import Wire

extension String {
    /// Whether this is tcp://HOST:PORT, with a number or `*` for the port, or ipc://PATH.
    package var isEndpoint: Bool {
        if hasPrefix("ipc://") { return count > 6 }
        guard let host = endpointHost, let port = endpointPort, !host.isEmpty else { return false }
        let isPlain = !host.contains { "[]:".contains($0) }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.contains(":")
        return (isPlain || isBracketed) && (port == "*" || UInt16(port) != nil)
    }

    /// Whether only this host can connect.
    package var isLocalEndpoint: Bool { endpointHost.map { $0.isLoopback } ?? true }

    private var isLoopback: Bool {
        let number = asBareAddress.asEndpointHost
        let parts = number.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return self == "localhost" || parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
            || isLoopbackOfIPv6
    }

    private var isLoopbackOfIPv6: Bool {
        var address = in6_addr()
        guard inet_pton(AF_INET6, asBareAddress, &address) == 1 else { return false }
        return withUnsafeBytes(of: address) { $0.dropLast().allSatisfy { $0 == 0 } && $0[15] == 1 }
    }

    private var asBareAddress: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }

    /// The endpoint with a host that others can call, where it says "any address" and a host is known that is not this very one.
    package func replacingAnyHost(by other: String?) -> String {
        guard let host = endpointHost, ["0.0.0.0", "[::]"].contains(host), let port = endpointPort,
            let other = other?.asEndpointHost, !other.isLoopback
        else { return self }
        return "tcp://\(other):\(port)"
    }

    /// Removes the file that a socket leaves where it listened, which ZeroMQ does only if the process lives on for a while.
    func removeSocketFile() {
        guard hasPrefix("ipc://") else { return }
        let path = String(dropFirst("ipc://".count))
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
    }

    /// Where a coordinator that listens here answers for data: at the next port, or at one that the kernel chooses, too.
    package var dataEndpoint: String {
        guard let host = endpointHost, let text = endpointPort else { return "\(self)-data" }
        guard let port = Int(text), port > 0 else { return self }
        return "tcp://\(host):\(port + 1)"
    }
}

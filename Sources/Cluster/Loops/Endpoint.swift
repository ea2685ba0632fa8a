internal import Foundation

// Endpoints as ZeroMQ writes them: tcp://HOST:PORT, ipc://PATH or inproc://NAME.
extension String {
    /// The host of a TCP endpoint; nil for others.
    var endpointHost: String? {
        guard hasPrefix("tcp://") else { return nil }
        let address = dropFirst(6)
        return address.lastIndex(of: ":").map { String(address[..<$0]) }
    }

    /// Whether this is tcp://HOST:PORT, with a number or `*` for the port, or ipc://PATH.
    package var isEndpoint: Bool {
        if hasPrefix("ipc://") { return count > 6 }
        guard let host = endpointHost, !host.isEmpty, let colon = lastIndex(of: ":") else {
            return false
        }
        let port = self[index(after: colon)...]
        return port == "*" || UInt16(port) != nil
    }

    /// Whether only this host can connect.
    package var isLocalEndpoint: Bool {
        guard let host = endpointHost else { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost"
            || numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }

    /// The endpoint with another host, where it has the one named and the other is known and not this very host.
    func replacingHost(_ host: String, by other: String?) -> String {
        guard let other, !other.hasPrefix("127."), endpointHost == host,
            let place = range(of: "://\(host):")
        else {
            return self
        }
        return replacingCharacters(in: place, with: "://\(other):")
    }

    /// Where a coordinator that listens here answers for data: at the next port, or at one that the kernel chooses, too.
    var dataEndpoint: String {
        guard endpointHost != nil, let colon = lastIndex(of: ":") else { return "\(self)-data" }
        guard let port = Int(self[index(after: colon)...]), port > 0 else { return self }
        return self[...colon] + String(port + 1)
    }
}

internal import CZeroMQ

/// The role of a process in a cluster; all processes of a role have the same key.
package enum Role: String, CaseIterable, Sendable {
    case coordinator
    case parameterServer = "parameter-server"
    case worker
}

/// One half of a CURVE pair.
package struct CurveKey: Hashable, Sendable {
    /// Creates a key from the bytes in ZeroMQ's question about a client.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the format of ``text``; nil for anything else.
    package init?(text: String) {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard text.utf8.count == 40, zmq_z85_decode(&bytes, text) != nil else { return nil }
        self.bytes = bytes
    }

    /// The key as 40 characters of Z85.
    package var text: String {
        withKeyText { zmq_z85_encode($0, bytes, bytes.count) != nil }.1
    }
}

/// The pair of keys with which a process proves its role.
package struct KeyPair: Sendable {
    package let publicKey: CurveKey
    package let secretKey: CurveKey

    /// Draws a new pair.
    package static func random() throws(SocketError) -> KeyPair {
        var secret = ""
        let (isMade, publicText) = withKeyText { publicText in
            let (isMade, text) = withKeyText { zmq_curve_keypair(publicText, $0) == 0 }
            secret = text
            return isMade
        }
        guard isMade, let publicKey = CurveKey(text: publicText),
            let secretKey = CurveKey(text: secret)
        else { throw SocketError("cannot make keys") }
        return KeyPair(publicKey: publicKey, secretKey: secretKey)
    }

    private init(publicKey: CurveKey, secretKey: CurveKey) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// The pair to which a secret key belongs; nil if this ZeroMQ has no CURVE.
    package init?(secretKey: CurveKey) {
        let (isMade, text) = withKeyText { zmq_curve_public($0, secretKey.text) == 0 }
        guard isMade, let publicKey = CurveKey(text: text) else { return nil }
        self.init(publicKey: publicKey, secretKey: secretKey)
    }
}

/// The keys of a cluster that a process needs: its own pair, and the public halves of all roles.
package struct Keyring: Sendable {
    let own: KeyPair
    private let publicKeys: [Role: CurveKey]

    /// - Parameter publicKeys: The public key of every role.
    package init(own: KeyPair, publicKeys: [Role: CurveKey]) {
        precondition(publicKeys.count == Role.allCases.count, "a role has no key")
        self.own = own
        self.publicKeys = publicKeys
    }

    func publicKey(of role: Role) -> CurveKey {
        guard let key = publicKeys[role] else { preconditionFailure("a role has no key") }
        return key
    }
}

/// The text that a ZeroMQ function writes: 40 characters and a zero.
private func withKeyText(_ write: (UnsafeMutablePointer<CChar>) -> Bool) -> (Bool, String) {
    var characters = [CChar](repeating: 0, count: 41)
    let isWritten = characters.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.map(write) ?? false
    }
    return (
        isWritten,
        String(decoding: characters.prefix(40).map(UInt8.init(bitPattern:)), as: UTF8.self)
    )
}

/// What travels as the header frame of a message; `Protos/` says what is in each.
///
/// Its kind is the first byte of its frame.
package protocol Message: Sendable {
    static var kind: MessageKind { get }

    /// Reads the fields after the kind, and refuses what no member sends.
    ///
    /// - Throws: ``MessageError``
    init(decoding frame: UnsafeRawBufferPointer) throws

    /// The header frame: the kind, then the fields.
    var encoded: [UInt8] { get }
}

/// The version of the protocol: members of another are refused.
package let protocolVersion = 4

/// The first byte of every header frame.
package enum MessageKind: UInt8, Sendable {
    case hello = 1, welcome, reject, heartbeat, plan, acknowledge
    /// The coordinator does not know this member, which should say Hello again.
    case introduce
    /// A member that asked to leave is needed no more.
    case dismiss
    case push = 16, pull, chunk, chunkStatus
}

/// Bytes of a control message at most; sockets drop what is longer.
///
/// The longest we know, a plan for a thousand members, is a tenth of that. Decoded it takes up to a hundred times as much.
package let largestControlMessage = 1 << 20

/// Bytes of a data message's header at most; its numbers are at most a chunk.
package let largestDataHeader = 4 << 10

/// Bytes that are no message: cut short, foreign, of another version, or with numbers that no run comes to.
package struct MessageError: Error {}

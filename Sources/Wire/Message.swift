/// The header frame of a message; `Protos/` defines the content of each kind.
///
/// The first byte of the frame is the message's kind.
package protocol Message: Sendable {
    static var kind: MessageKind { get }

    /// Reads the fields after the kind, and refuses values that no member sends.
    ///
    /// - Throws: ``MessageError``.
    init(decoding frame: UnsafeRawBufferPointer) throws

    /// The header frame: the kind, then the fields.
    var encoded: [UInt8] { get }
}

/// The version of the protocol; members with another version are refused.
package let protocolVersion = 4

/// The first byte of every header frame.
package enum MessageKind: UInt8, Sendable {
    case hello = 1, welcome, reject, heartbeat, plan, acknowledge
    /// The coordinator does not know this member, which should send Hello again.
    case introduce
    /// A member that asked to leave is no longer needed.
    case dismiss
    case push = 16, pull, chunk, chunkStatus
}

/// The most bytes of a control message; sockets drop longer ones.
///
/// The longest message that we know, a plan for a thousand members, has a tenth of that. A decoded message takes up to
/// a hundred times as much.
package let largestControlMessage = 1 << 20

/// The most bytes of a data message's header; its numbers are at most one chunk.
package let largestDataHeader = 4 << 10

/// Bytes that are not a message: cut short, foreign, of another version, or with numbers beyond those of any run.
package struct MessageError: Error {}

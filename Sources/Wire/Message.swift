internal import CWireMessages

/// A message whose fields travel as protobuf.
///
/// Its kind is the first byte of its frame.
package protocol Message: Sendable {
    static var kind: MessageKind { get }
    /// Fills the generated C structure, which lives as long as `memory`, and hands it to `pack`.
    func withEncoding<Result>(_ memory: CMemory, _ pack: (UnsafeRawPointer) -> Result) -> Result
}

/// The first byte of every header frame.
package enum MessageKind: UInt8, Sendable {
    case hello = 1, welcome, reject, beat, plan, current
    /// The coordinator does not know this member, which should say Hello again.
    case introduce
    /// A member that asked to leave is needed no more.
    case dismiss
    case push = 16, pull, part, at
}

/// Bytes of a control message at most; sockets drop what is longer.
///
/// The longest we know, a plan for a thousand members, is a tenth of that. Decoded it takes up to a hundred times as much.
package let largestControlMessage = 1 << 20

/// Bytes of a data message's header at most; its numbers are at most a chunk.
package let largestDataHeader = 4 << 10

/// Bytes that are no message: cut short, foreign, or of another version.
package struct MessageError: Error {}

extension Message {
    /// The header frame: the kind, then the fields.
    package var encoded: [UInt8] {
        let memory = CMemory()
        return withEncoding(memory) { structure in
            let message = structure.assumingMemoryBound(to: ProtobufCMessage.self)
            let size = protobuf_c_message_get_packed_size(message)
            return Array(unsafeUninitializedCapacity: size + 1) { buffer, count in
                buffer[0] = Self.kind.rawValue
                if size > 0, let start = buffer.baseAddress {
                    protobuf_c_message_pack(message, start + 1)
                }
                count = size + 1
            }
        }
    }
}

/// Decodes the fields of a frame after its kind with a generated function, and frees what that made.
func unpacked<C, Result>(
    _ frame: UnsafeRawBufferPointer,
    _ unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) ->
        UnsafeMutablePointer<C>?,
    _ read: (C) throws -> Result
) throws -> Result {
    let fields = UnsafeRawBufferPointer(rebasing: frame.dropFirst())
    let bytes = fields.bindMemory(to: UInt8.self)
    guard let message = unpack(nil, bytes.count, bytes.baseAddress) else { throw MessageError() }
    defer {
        message.withMemoryRebound(to: ProtobufCMessage.self, capacity: 1) {
            protobuf_c_message_free_unpacked($0, nil)
        }
    }
    return try read(message.pointee)
}

/// C memory for the strings and arrays of one message while it is packed.
package final class CMemory {
    private var allocations: [UnsafeMutableRawPointer] = []

    func string(_ text: String) -> UnsafeMutablePointer<CChar> {
        let units = text.utf8CString
        return array(Array(units))
    }

    func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        memory.initialize(from: elements, count: elements.count)
        allocations.append(UnsafeMutableRawPointer(memory))
        return memory
    }

    /// An array of pointers to structures, as repeated messages are in C.
    func pointers<Element>(_ elements: [Element]) -> UnsafeMutablePointer<
        UnsafeMutablePointer<Element>?
    > {
        array(elements.map { Optional(array([$0])) })
    }

    deinit { allocations.forEach { $0.deallocate() } }
}

func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

/// The largest step or number of a plan: a thousand million iterations of a thousand steps are a two-hundredth of it.
private let largestOrdinal: UInt64 = 1 << 48

/// The number of a step or a plan, as it travels.
///
/// - Throws: ``MessageError`` for one that no run comes to: who adds and multiplies steps need not fear overflow.
func ordinal(_ number: UInt64) throws -> Int {
    guard number <= largestOrdinal else { throw MessageError() }
    return Int(number)
}

func elements<C, Result>(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?, _ count: Int,
    _ read: (C) throws -> Result
) rethrows -> [Result] {
    try (0..<count).compactMap { try pointers?[$0].map { try read($0.pointee) } }
}

/// Hands a generated structure to protobuf-c: its first member is the base that the library knows.
func pack<C, Result>(_ message: C, _ body: (UnsafeRawPointer) -> Result) -> Result {
    withUnsafePointer(to: message) { body(UnsafeRawPointer($0)) }
}

internal import CWireMessages

// The types in Messages/ are read and written with these functions. Unsafe code relies on protobuf-c: what it unpacks
// stays until it is freed, and an array has as many elements as its count says.

/// A header frame: the kind, and the fields of a structure that protobuf-c packs.
///
/// - Parameter structure: Fills a generated structure, whose pointers last as long as the memory that it is given.
func packed<C>(_ kind: MessageKind, _ structure: (CMemory) -> C) -> [UInt8] {
    let memory = CMemory()
    return withExtendedLifetime(memory) {
        withUnsafePointer(to: structure(memory)) { structure in
            // The first member of every generated structure is the base type that the library knows.
            let message = UnsafeRawPointer(structure).assumingMemoryBound(to: ProtobufCMessage.self)
            let size = protobuf_c_message_get_packed_size(message)
            return Array(unsafeUninitializedCapacity: size + 1) { buffer, count in
                buffer[0] = kind.rawValue
                if size > 0, let start = buffer.baseAddress {
                    protobuf_c_message_pack(message, start + 1)
                }
                count = size + 1
            }
        }
    }
}

/// Decodes the fields of a frame after its kind with a generated function, and frees what that function allocated.
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

/// C memory for the strings, arrays and inner structures of one message while it is packed.
final class CMemory {
    private var allocations: [UnsafeMutableRawPointer] = []

    func string(_ text: String) -> UnsafeMutablePointer<CChar> {
        text.withCString { copied(UnsafeBufferPointer(start: $0, count: text.utf8.count + 1)) }
    }

    func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        elements.withUnsafeBufferPointer(copied)
    }

    func structure<C>(_ structure: C) -> UnsafeMutablePointer<C> {
        withUnsafePointer(to: structure) { copied(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// An array of pointers to structures, which is the form of repeated messages in C.
    func structures<C>(_ structures: [C]) -> UnsafeMutablePointer<UnsafeMutablePointer<C>?> {
        array(structures.map { Optional(structure($0)) })
    }

    private func copied<Element>(
        _ elements: UnsafeBufferPointer<Element>
    ) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        if let start = elements.baseAddress {
            memory.initialize(from: start, count: elements.count)
        }
        allocations.append(UnsafeMutableRawPointer(memory))
        return memory
    }

    deinit { allocations.forEach { $0.deallocate() } }
}

func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

func floats(_ start: UnsafeMutablePointer<Float>?, _ count: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

func integers(_ start: UnsafeMutablePointer<UInt32>?, _ count: Int) -> [Int] {
    UnsafeBufferPointer(start: start, count: count).map { Int($0) }
}

/// Reads a message within a message.
///
/// - Throws: ``MessageError`` if it is missing.
func element<C, Result>(
    _ pointer: UnsafeMutablePointer<C>?, _ read: (C) throws -> Result
) throws -> Result {
    guard let pointer else { throw MessageError() }
    return try read(pointer.pointee)
}

func elements<C, Result>(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?, _ count: Int,
    _ read: (C) throws -> Result
) throws -> [Result] {
    try UnsafeBufferPointer(start: pointers, count: count).map { try element($0, read) }
}

/// The largest step, or number of a plan; a thousand million iterations of a thousand steps are a two-hundredth of it.
private let largestOrdinal: UInt64 = 1 << 48

/// Reads the number of a step or a plan.
///
/// - Throws: ``MessageError`` if the number is beyond those of any run, so that sums and products of steps do not
///   overflow.
func ordinal(_ number: UInt64) throws -> Int {
    guard number <= largestOrdinal else { throw MessageError() }
    return Int(number)
}

/// Reads seconds, or another amount that is never negative.
///
/// - Throws: ``MessageError`` if the amount is negative, infinite or NaN.
func amount(_ value: Double) throws -> Double {
    guard value.isFinite, value >= 0 else { throw MessageError() }
    return value
}

/// - Throws: ``MessageError`` if the number has no name.
func named<Name: RawRepresentable<UInt32>>(_ number: UInt32) throws -> Name {
    guard let name = Name(rawValue: number) else { throw MessageError() }
    return name
}

/// This cannot overflow, because an `Int` has room for the sum of two numbers of 32 bits.
func range(_ first: UInt32, _ count: UInt32) -> Range<Int> {
    Int(first)..<(Int(first) + Int(count))
}

/// - Throws: ``MessageError`` if the last is before the first, or beyond the steps of any run.
func closedRange(_ first: UInt64, _ last: UInt64) throws -> ClosedRange<Int> {
    guard first <= last else { throw MessageError() }
    return try ordinal(first)...ordinal(last)
}

/// What makes something of bytes that others wrote, and what it may cost.
struct Decoder: Sendable {
    let name: String
    /// Bytes of the longest input that is tried.
    let longest: Int
    /// MiB that the process may hold: what the decoder's own bound allows, and 256 for everything else in it.
    let memory: Int
    /// The decoder's own bound, in words.
    let bound: String
    /// Sound inputs, to begin from.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// Decodes, and hands the result to the code that receives it.
    ///
    /// What is refused is thrown.
    let decode: @Sendable (UnsafeRawBufferPointer) throws -> Void

    static let all = control + data + files

    static func named(_ name: String) -> Decoder? { all.first { $0.name == name } }
}

internal import CKernels

/// The precision of what matrix products, and convolutions by Winograd's method, multiply; sums and everything else are
/// float32.
public enum Precision: String, Hashable, Sendable, CaseIterable {
    case float32
    /// Operands are rounded to 8 significant bits, which processors with AVX512-BF16 or AMX multiply faster.
    ///
    /// Processors without either compute the same bits as AVX512-BF16, but take longer. The bits of AMX are its own.
    case bfloat16
}

/// What one computing thread owns: its memory pool, its kernels and whether it records gradients.
///
/// A lane is one thread that runs single-threaded kernels, so results do not depend on how many there are.
/// Each thread has its own lane, created when the thread first computes.
public final class Lane {
    /// The bytes of stack that such a thread is given; long chains of records are walked on it.
    public static let stackBytes = 64 << 20

    public let pool = StoragePool()
    let kernels = KernelLibrary()
    /// The precision of matrix products and convolutions; see ``withPrecision(_:_:)``.
    private(set) var precision = Precision.float32
    /// Whether operations on tensors that require gradients are recorded.
    var isRecording = true
    private var recordsMade: UInt64 = 0

    /// The calling thread's lane.
    public static var current: Lane {
        if let pointer = kernel_thread_slot() {
            return Unmanaged<Lane>.fromOpaque(pointer).takeUnretainedValue()
        }
        let lane = Lane()
        kernel_set_thread_slot(Unmanaged.passRetained(lane).toOpaque()) { pointer in
            if let pointer { Unmanaged<Lane>.fromOpaque(pointer).release() }
        }
        return lane
    }

    /// The arithmetic that decides the bits of a result besides its inputs; hosts and checkpoints with another do not
    /// mix.
    public static var arithmetic: String { "\(library) \(InstructionSet.inUse)" }

    /// Whether results of another ``arithmetic`` have the same bits as those of this process.
    ///
    /// It depends on the precision of what is multiplied: AMX multiplies bfloat16 alone, so builds that did not use AMX
    /// did not name it.
    public static func agrees(with other: String, in precision: Precision) -> Bool {
        func relevant(_ arithmetic: String) -> Substring {
            precision == .float32 && arithmetic.hasSuffix(" amx")
                ? arithmetic.dropLast(4) : arithmetic[...]
        }
        return relevant(other) == relevant(arithmetic)
    }

    /// The library that kernels come from, and its version.
    public static var library: String { KernelLibrary.version }

    /// The library kernels that this lane has chosen so far, by the library's names, and what each is for.
    public var kernelNames: [String] { kernels.implementations }

    private init() {
        kernel_flush_subnormals()
    }

    /// Records are numbered in the order of their creation, which is an order of dependence.
    func nextRecordNumber() -> UInt64 {
        recordsMade += 1
        return recordsMade
    }

    func computing<Result>(in precision: Precision, _ body: () throws -> Result) rethrows -> Result
    {
        let before = self.precision
        self.precision = precision
        defer { self.precision = before }
        return try body()
    }

    func recording<Result>(_ enabled: Bool, _ body: () throws -> Result) rethrows -> Result {
        let before = isRecording
        isRecording = enabled
        defer { isRecording = before }
        return try body()
    }
}

/// Computes without recording: for samples, evaluation, and values that gradients must not pass through.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Lane.current.recording(false, body)
}

/// Computes with another precision than the lane's own, which is float32.
public func withPrecision<Result>(_ precision: Precision, _ body: () throws -> Result) rethrows
    -> Result
{
    try Lane.current.computing(in: precision, body)
}

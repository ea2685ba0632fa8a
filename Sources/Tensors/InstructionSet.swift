internal import CKernels
internal import COneDNN

/// The vector instructions that kernels may use; another set rounds differently, so a run keeps to one.
public enum InstructionSet: String, Hashable, Sendable, CaseIterable {
    /// Every instruction that the processor has.
    case native
    /// AVX-512 (F, VL, DQ, BW) as servers have had it since 2017, without later extensions.
    case avx512
    /// AVX2 and FMA (2013).
    case avx2

    /// Keeps this process to these instructions, whatever else the processor has; this cannot be undone.
    ///
    /// - Throws: ``UnavailableInstructions`` if the processor does not have them, or if the process has already
    ///   computed with others.
    public func limitProcess() throws {
        let level: (oneDNN: dnnl_cpu_isa_t, allowsAVX512: Bool)
        switch self {
        case .native: return
        case .avx512: level = (dnnl_cpu_isa_avx512_core, true)
        case .avx2: level = (dnnl_cpu_isa_avx2, false)
        }
        dnnl_set_max_cpu_isa(level.oneDNN)
        guard
            kernel_limit_instruction_set(level.allowsAVX512),
            dnnl_get_effective_cpu_isa() == level.oneDNN
        else {
            throw UnavailableInstructions(expected: self)
        }
    }

    /// The instructions in use, by the numbers and names that oneDNN and our own loops give them; checkpoints and
    /// members are compared by these.
    public static var inUse: String {
        let library = String(dnnl_get_effective_cpu_isa().rawValue, radix: 16)
        return "isa \(library), loops \(String(cString: kernel_instruction_set()))"
    }

    fileprivate static var nameInUse: String {
        let level = dnnl_get_effective_cpu_isa()
        return switch level {
        case dnnl_cpu_isa_sse41: "sse4.1"
        case dnnl_cpu_isa_avx: "avx"
        case dnnl_cpu_isa_avx2: "avx2"
        case dnnl_cpu_isa_avx512_core: "avx512"
        case dnnl_cpu_isa_avx512_core_vnni: "avx512 vnni"
        case dnnl_cpu_isa_avx512_core_bf16: "avx512 bf16"
        case dnnl_cpu_isa_avx512_core_amx: "avx512 amx"
        default: "oneDNN's \(String(level.rawValue, radix: 16))"
        }
    }
}

/// Instructions that a process was asked to keep to, and cannot use.
public struct UnavailableInstructions: Error, CustomStringConvertible {
    public let expected: InstructionSet

    public var description: String {
        "isa: expected a processor with \(expected.rawValue), found \(InstructionSet.nameInUse)"
    }
}

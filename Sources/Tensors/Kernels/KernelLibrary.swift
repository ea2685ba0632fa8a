internal import COneDNN
internal import Platform

/// A lane's oneDNN primitives, cached by shape, with a stream and scratch memory of its own.
///
/// Sharing primitives or their scratch memory between threads gives wrong results, so lanes share only the engine.
/// Primitives split their work when they are made, so the lane's OpenMP thread count is one from then on.
final class KernelLibrary {
    nonisolated(unsafe) static let engine: dnnl_engine_t = {
        var engine: dnnl_engine_t?
        let status = dnnl_engine_create(&engine, dnnl_cpu, 0)
        guard status == dnnl_success, let engine else {
            preconditionFailure("oneDNN has no CPU engine")
        }
        return engine
    }()

    static var version: String {
        let version = dnnl_version().pointee
        return "oneDNN \(version.major).\(version.minor).\(version.patch)"
    }

    private let stream: dnnl_stream_t
    private var primitives: [PrimitiveKey: Primitive] = [:]
    private var scratch: Scratch?

    init() {
        omp_set_num_threads(1)
        var stream: dnnl_stream_t?
        let status = dnnl_stream_create(
            &stream, Self.engine, UInt32(dnnl_stream_default_flags.rawValue))
        guard status == dnnl_success, let stream else {
            preconditionFailure("oneDNN gave no stream")
        }
        self.stream = stream
    }

    /// The implementations that were chosen so far, by the library's names, and what each is for.
    var implementations: [String] {
        primitives.map { "\($0.value.implementation) for \($0.key)" }
    }

    func primitive(_ key: PrimitiveKey, make: () -> Primitive) -> Primitive {
        if let primitive = primitives[key] { return primitive }
        let primitive = make()
        primitives[key] = primitive
        return primitive
    }

    func run(_ primitive: Primitive, _ a: Storage, _ b: Storage) {
        withExtendedLifetime((a, b)) {
            primitive.run(on: stream, scratch: memory(for: primitive), a.pointer, b.pointer)
        }
    }

    func run(_ primitive: Primitive, _ a: Storage, _ b: Storage, _ c: Storage) {
        withExtendedLifetime((a, b, c)) {
            primitive.run(
                on: stream, scratch: memory(for: primitive), a.pointer, b.pointer, c.pointer)
        }
    }

    /// One arena for all primitives of the lane, since they run one after another.
    private func memory(for primitive: Primitive) -> dnnl_memory_t? {
        guard primitive.scratchBytes > 0 else { return nil }
        if let scratch, scratch.bytes >= primitive.scratchBytes { return scratch.memory }
        let grown = Scratch(bytes: primitive.scratchBytes)
        scratch = grown
        return grown.memory
    }

    deinit { dnnl_stream_destroy(stream) }

    private final class Scratch {
        let bytes: Int
        let memory: dnnl_memory_t

        init(bytes: Int) {
            self.bytes = bytes
            let layout = PackedLayout([(bytes + 3) / 4], .plain)
            let memory = withExtendedLifetime(layout) {
                onednn_memory_allocate(KernelLibrary.engine, layout.handle)
            }
            guard let memory else { endForWantOfMemory(bytes: bytes) }
            self.memory = memory
        }

        deinit { dnnl_memory_destroy(memory) }
    }
}

internal import COneDNN

/// The purpose of a primitive: equal keys mean equal machine code and equal layouts.
struct PrimitiveKey: Hashable, Sendable {
    enum Operation: Hashable, Sendable {
        case reorder(to: Layout)
        case panels(PanelFormat, isTransposed: Bool)
        case pack(NestedKey, argument: Int)
        case unpack(NestedKey, argument: Int)
        case convolution, convolutionDataGradient, convolutionWeightGradient
    }
    var operation: Operation
    var first: Shape
    var second: Shape = []
    var layout: Layout = .plain
    var geometry: ConvolutionGeometry?
    var precision = Precision.float32

    /// The key of the primitive that reads or writes an array in a layout of its own.
    final class NestedKey: Hashable, Sendable {
        let key: PrimitiveKey
        init(_ key: PrimitiveKey) { self.key = key }
        static func == (left: NestedKey, right: NestedKey) -> Bool { left.key == right.key }
        func hash(into hasher: inout Hasher) { hasher.combine(key) }
    }
}

/// A layout as oneDNN describes it, with extents, blocks and padding.
final class PackedLayout {
    let handle: onednn_layout

    init(_ handle: onednn_layout?) {
        guard let handle else { preconditionFailure("oneDNN refused a memory layout") }
        self.handle = handle
    }

    convenience init(_ shape: Shape, _ tag: dnnl_format_tag_t) {
        let extents = shape.map(Int64.init)
        self.init(onednn_layout_create(Int32(shape.rank), extents, tag))
    }

    /// The layout of `shape` in row order or in blocks; channels that do not fill a block are padded with zeros.
    convenience init(_ shape: Shape, _ layout: Layout) {
        self.init(shape, layout.tag(rank: shape.rank))
    }

    /// The size in floats, padding included.
    var count: Int {
        withExtendedLifetime(self) { onednn_layout_bytes(handle) / MemoryLayout<Float>.stride }
    }

    func isSame(as other: PackedLayout) -> Bool {
        withExtendedLifetime((self, other)) { onednn_layouts_equal(handle, other.handle) != 0 }
    }

    deinit { onednn_layout_destroy(handle) }
}

extension Layout {
    fileprivate func tag(rank: Int) -> dnnl_format_tag_t {
        switch (self, rank) {
        case (.plain, 1): dnnl_a
        case (.plain, 2): dnnl_ab
        case (.plain, 3): dnnl_abc
        case (.plain, 4): dnnl_abcd
        case (.plain, 5): dnnl_abcde
        case (.plain, 6): dnnl_abcdef
        case (.blocked(16), 3): dnnl_aBc16b
        case (.blocked(16), 4): dnnl_aBcd16b
        case (.blocked(16), 5): dnnl_aBcde16b
        case (.blocked(8), 3): dnnl_aBc8b
        case (.blocked(8), 4): dnnl_aBcd8b
        case (.blocked(8), 5): dnnl_aBcde8b
        default: preconditionFailure("no kernel reads arrays of rank \(rank) in layout \(self)")
        }
    }
}

/// A oneDNN primitive with the memory objects of its arguments; belongs to one lane.
final class Primitive {
    private let handle: dnnl_primitive_t
    private let arguments: [Int32]
    private let memories: [dnnl_memory_t]
    /// The layout of each argument, in the order of `arguments`.
    let layouts: [PackedLayout]
    let scratchBytes: Int
    /// The name of the chosen implementation, as oneDNN reports it.
    let implementation: String

    init(_ descriptor: dnnl_primitive_desc_t?, arguments: [Int32], for key: PrimitiveKey) {
        precondition(omp_get_max_threads() == 1, "primitives are made on lanes of one thread")
        var handle: dnnl_primitive_t?
        guard let descriptor, dnnl_primitive_create(&handle, descriptor) == dnnl_success, let handle
        else {
            preconditionFailure("oneDNN has no kernel for \(key)")
        }
        self.handle = handle
        self.arguments = arguments
        layouts = arguments.map { PackedLayout(onednn_layout_of_argument(descriptor, $0)) }
        memories = layouts.map { layout in
            withExtendedLifetime(layout) {
                onednn_memory_create(KernelLibrary.engine, layout.handle)
            }
        }
        scratchBytes = onednn_scratch_bytes(descriptor)
        implementation = onednn_implementation(descriptor).map { String(cString: $0) } ?? ""
        dnnl_primitive_desc_destroy(descriptor)
    }

    /// Runs on the calling lane; the pointers follow the order of the arguments.
    func run(
        on stream: dnnl_stream_t, scratch: dnnl_memory_t?,
        _ pointers: UnsafeMutablePointer<Float>...
    ) {
        precondition(pointers.count == arguments.count)
        withUnsafeTemporaryAllocation(of: dnnl_exec_arg_t.self, capacity: pointers.count + 1) {
            list in
            for index in pointers.indices {
                dnnl_memory_set_data_handle(memories[index], pointers[index])
                list[index] = dnnl_exec_arg_t(arg: arguments[index], memory: memories[index])
            }
            var count = pointers.count
            if let scratch {
                list[count] = dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratch)
                count += 1
            }
            let status = dnnl_primitive_execute(handle, stream, Int32(count), list.baseAddress)
            precondition(
                status == dnnl_success,
                "oneDNN failed in \(implementation): status \(status.rawValue)")
        }
    }

    deinit {
        memories.forEach { dnnl_memory_destroy($0) }
        dnnl_primitive_destroy(handle)
    }
}

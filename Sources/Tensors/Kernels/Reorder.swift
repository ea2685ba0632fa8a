internal import COneDNN

extension Layout {
    /// The layout that convolutions prefer for this many channels: blocks as wide as a vector, if the channels fill
    /// them.
    static func preferred(for shape: Shape) -> Layout {
        guard shape.rank >= 3, shape[1] > 0, shape[1] % channelBlock == 0 else { return .plain }
        return .blocked(channelBlock)
    }

    /// Blocks have 16 channels if oneDNN may use AVX-512, and 8 otherwise.
    static let channelBlock: Int = {
        let avx512Core: UInt32 = 0x20
        return dnnl_get_effective_cpu_isa().rawValue & avx512Core != 0 ? 16 : 8
    }()
}

extension KernelLibrary {
    func reordered(_ array: NDArray, to layout: Layout) -> NDArray {
        let key = PrimitiveKey(
            operation: .reorder(to: layout), first: array.shape, layout: array.layout)
        let result = NDArray(uninitialized: array.shape, layout: layout)
        guard array.count > 0 else { return result }
        let primitive = reorder(
            key, from: PackedLayout(array.shape, array.layout),
            to: PackedLayout(array.shape, layout))
        run(primitive, array.storage, result.storage)
        return result
    }

    /// `array` in the layout that the primitive of `key` expects for argument `index`.
    func packed(_ array: NDArray, for primitive: Primitive, _ index: Int, _ key: PrimitiveKey)
        -> Storage
    {
        let wanted = primitive.layouts[index]
        let own = PackedLayout(array.shape, array.layout)
        if wanted.isSame(as: own) { return array.storage }
        let packKey = PrimitiveKey(
            operation: .pack(.init(key), argument: index), first: array.shape, layout: array.layout)
        func fill(_ target: Storage, _ part: Int) {
            run(reorder(packKey, from: own, to: wanted), array.storage, target)
        }
        if let copies = array.packedCopies, copies.keeps(wanted.count) {
            return copies.copy(for: key, count: wanted.count, fill: fill)
        }
        let result = Lane.current.pool.storage(count: wanted.count)
        fill(result, 0)
        return result
    }

    /// The result that the primitive of `key` left in `storage` as argument `index`, in one of our layouts.
    func unpacked(
        _ storage: Storage, from primitive: Primitive, _ index: Int, _ key: PrimitiveKey,
        shape: Shape
    ) -> NDArray {
        let layout = Layout.preferred(for: shape)
        if primitive.layouts[index].isSame(as: PackedLayout(shape, layout)) {
            return NDArray(shape: shape, layout: layout, storage: storage)
        }
        return unpackedPlain(storage, from: primitive, index, key, shape: shape)
    }

    /// The same as ``unpacked``, but always in row order, as weights are.
    func unpackedPlain(
        _ storage: Storage, from primitive: Primitive, _ index: Int, _ key: PrimitiveKey,
        shape: Shape
    ) -> NDArray {
        let result = NDArray(uninitialized: shape)
        let unpackKey = PrimitiveKey(operation: .unpack(.init(key), argument: index), first: shape)
        let plain = PackedLayout(shape, .plain)
        run(reorder(unpackKey, from: primitive.layouts[index], to: plain), storage, result.storage)
        return result
    }

    private func reorder(_ key: PrimitiveKey, from: PackedLayout, to: PackedLayout) -> Primitive {
        primitive(key) {
            withExtendedLifetime((from, to)) {
                Primitive(
                    onednn_reorder_create(Self.engine, from.handle, to.handle),
                    arguments: [DNNL_ARG_FROM, DNNL_ARG_TO], for: key)
            }
        }
    }
}

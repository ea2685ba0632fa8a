internal import CKernels

/// The extents of an array in the order of its memory, and the logical dimension that each belongs to.
///
/// A blocked layout splits the channels in two, with the inner part last; everything that reads by strides works on
/// this view.
struct MemoryOrder {
    /// The extents, outermost in memory first.
    var extents: [Int] = []
    /// The logical dimension of each extent, and the stride of one of its elements within that dimension.
    var sources: [(dimension: Int, step: Int)] = []

    init(_ shape: Shape, _ layout: Layout) {
        for dimension in 0..<shape.rank {
            if dimension == 1, case .blocked(let block) = layout {
                extents.append(shape[1] / block)
                sources.append((1, block))
            } else {
                extents.append(shape[dimension])
                sources.append((dimension, 1))
            }
        }
        if case .blocked(let block) = layout {
            extents.append(block)
            sources.append((1, 1))
        }
    }

    /// The strides for reading a row-order or equally blocked operand of this shape, or of one that broadcasts to it.
    func strides(of operand: Shape, _ layout: Layout) -> [Int] {
        var own: [Int] = []
        var stride = 1
        let memory = MemoryOrder(operand, layout)
        for extent in memory.extents.reversed() {
            own.insert(stride, at: 0)
            stride *= extent
        }
        return zip(extents.indices, sources).map { index, source in
            if operand[source.dimension] == 1 { return 0 }
            if case .blocked = layout { return own[index] }
            return own[source.dimension] * source.step
        }
    }
}

extension KernelWalk {
    /// Merges neighbouring extents that both operands cross without a jump, so that inner loops are long.
    init(extents: [Int], left: [Int], right: [Int]) {
        var merged: [(extent: Int, left: Int, right: Int)] = []
        for index in extents.indices where extents[index] != 1 {
            let next = (extent: extents[index], left: left[index], right: right[index])
            if let last = merged.last, last.left == next.left * next.extent,
                last.right == next.right * next.extent
            {
                merged[merged.count - 1] = (last.extent * next.extent, next.left, next.right)
            } else {
                merged.append(next)
            }
        }
        if merged.isEmpty { merged.append((1, 0, 0)) }
        precondition(merged.count <= Int(KERNEL_MAXIMUM_RANK))
        self.init()
        rank = Int32(merged.count)
        withUnsafeMutableBytes(of: &dimensions) { copy(merged.map(\.extent), to: $0) }
        withUnsafeMutableBytes(of: &self.left) { copy(merged.map(\.left), to: $0) }
        withUnsafeMutableBytes(of: &self.right) { copy(merged.map(\.right), to: $0) }
    }
}

private func copy(_ values: [Int], to bytes: UnsafeMutableRawBufferPointer) {
    for (index, value) in values.enumerated() {
        bytes.storeBytes(of: Int64(value), toByteOffset: index * 8, as: Int64.self)
    }
}

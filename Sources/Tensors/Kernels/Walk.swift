internal import CKernels

/// An array's extents in the order of its memory, and which logical dimension each belongs to.
///
/// A blocked layout splits the channels in two, with the inner part last; everything strided works on this view.
struct MemoryOrder {
    /// Extents, outermost in memory first.
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

    /// The strides with which a row-order or equally blocked operand of this or a broadcast shape is read.
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
    /// Merges neighbours that both operands pass without a jump, so that inner loops are long.
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

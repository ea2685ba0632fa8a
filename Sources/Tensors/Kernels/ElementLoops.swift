internal import CKernels

extension NDArray {
    /// Applies a function to every element; `first` and `second` are its parameters.
    func mapped(_ operation: KernelUnary, _ first: Float = 0, _ second: Float = 0) -> NDArray {
        let result = NDArray(uninitialized: shape, layout: layout)
        kernel_unary(operation, first, second, count, result.pointer, pointer)
        return result
    }

    /// Combines two arrays element by element; extents of one are repeated, as in NumPy.
    func combined(_ operation: KernelBinary, _ other: NDArray, parameter: Float = 0) -> NDArray {
        guard let shape = shape.broadcast(with: other.shape) else {
            fatalError("shapes \(self.shape) and \(other.shape) do not broadcast")
        }
        let layout = commonLayout(self, other, in: shape)
        let left = aligned(to: layout, rank: shape.rank)
        let right = other.aligned(to: layout, rank: shape.rank)
        let result = NDArray(uninitialized: shape, layout: layout)
        guard shape.elementCount > 0 else { return result }
        var walk: KernelWalk
        if left.shape == right.shape {
            walk = KernelWalk(extents: [shape.elementCount], left: [1], right: [1])
        } else {
            let order = MemoryOrder(shape, layout)
            walk = KernelWalk(
                extents: order.extents, left: order.strides(of: left.shape, left.layout),
                right: order.strides(of: right.shape, right.layout))
        }
        withExtendedLifetime((left, right)) {
            kernel_binary(
                operation, parameter, &walk, result.pointer, left.pointer, right.pointer)
        }
        return result
    }

    /// Repeats extents of one up to `target`.
    func broadcast(to target: Shape) -> NDArray {
        guard shape != target else { return self }
        require(
            shape.broadcast(with: target) == target, "\(shape) does not broadcast to \(target)")
        let source = aligned(to: layout, rank: target.rank)
        let keepsBlocks = source.layout != .plain && source.shape[1] == target[1]
        let operand = keepsBlocks ? source : source.in(.plain)
        let result = NDArray(uninitialized: target, layout: operand.layout)
        let order = MemoryOrder(target, operand.layout)
        result.gather(
            from: operand, order.extents, order.strides(of: operand.shape, operand.layout))
        return result
    }

    /// Adds up everything that was repeated when `target` was brought to this shape.
    func summed(to target: Shape) -> NDArray {
        guard shape != target else { return self }
        let kept = target.padded(toRank: shape.rank)
        require(
            zip(kept, shape).allSatisfy { $0 == $1 || $0 == 1 },
            "\(shape) cannot be summed to \(target)")
        let keepsBlocks = layout != .plain && kept[1] == shape[1]
        let result = NDArray(repeating: 0, shape: kept, layout: keepsBlocks ? layout : .plain)
        guard count > 0 else { return result.reshaped(to: target) }
        let order = MemoryOrder(shape, layout)
        let strides = order.strides(of: kept, result.layout)
        var walk = KernelWalk(extents: order.extents, left: strides, right: strides)
        kernel_sum(&walk, result.pointer, pointer)
        return result.reshaped(to: target)
    }

    /// The same elements with dimension `order[i]` at place `i`.
    func permuted(_ order: [Int]) -> NDArray {
        require(order.sorted() == Array(0..<shape.rank), "\(order) is not an order of \(shape)")
        let source = self.in(.plain)
        let strides = shape.strides
        let result = NDArray(uninitialized: Shape(order.map { shape[$0] }))
        result.gather(from: source, Array(result.shape), order.map { strides[$0] })
        return result
    }

    private func gather(from source: NDArray, _ extents: [Int], _ strides: [Int]) {
        guard count > 0 else { return }
        var walk = KernelWalk(extents: extents, left: strides, right: strides)
        kernel_gather(&walk, pointer, source.pointer)
    }

    /// This array with leading extents of one up to `rank`, in `layout` if its own channels fill the blocks.
    private func aligned(to layout: Layout, rank: Int) -> NDArray {
        let full = shape.rank == rank ? self : reshaped(to: shape.padded(toRank: rank))
        if case .blocked(let block) = layout, rank > 1, full.shape[1] % block == 0 {
            return full.in(layout)
        }
        return full.in(.plain)
    }
}

/// Chooses blocks if an operand that spans all channels has them; everything else is read in place.
private func commonLayout(_ left: NDArray, _ right: NDArray, in shape: Shape) -> Layout {
    for operand in [left, right] where operand.layout != .plain && operand.shape.rank == shape.rank
    {
        if operand.shape[1] == shape[1] { return operand.layout }
    }
    return .plain
}

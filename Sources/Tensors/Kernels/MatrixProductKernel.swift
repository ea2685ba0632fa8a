internal import COneDNN

extension KernelLibrary {
    /// `[…, rows, inner] x […, inner, columns]`; with a flag set, that operand's last two dimensions are swapped.
    func matrixProduct(_ left: NDArray, _ right: NDArray, transposeLeft: Bool, transposeRight: Bool)
        -> NDArray
    {
        let rank = left.shape.rank
        let l = swapped(left.shape, transposeLeft)
        let r = swapped(right.shape, transposeRight)
        precondition(
            rank >= 2 && rank == right.shape.rank && l[rank - 1] == r[rank - 2]
                && Array(l.prefix(rank - 2)) == Array(r.prefix(rank - 2)),
            "no matrix product of \(left.shape)\(transposeLeft ? " transposed" : "") and \(right.shape)\(transposeRight ? " transposed" : "")"
        )
        let shape = Shape(Array(l.prefix(rank - 1)) + [r[rank - 1]])
        guard shape.elementCount > 0 else { return NDArray(uninitialized: shape) }
        guard l[rank - 1] > 0 else { return NDArray(repeating: 0, shape: shape) }
        let key = PrimitiveKey(
            operation: .matrixProduct(transposeLeft: transposeLeft, transposeRight: transposeRight),
            first: left.shape, second: right.shape)
        let primitive = primitive(key) {
            let layouts = [
                PackedLayout(l, strides: strides(left.shape, transposeLeft)),
                PackedLayout(r, strides: strides(right.shape, transposeRight)),
                PackedLayout(shape, .plain),
            ]
            return withExtendedLifetime(layouts) {
                Primitive(
                    onednn_matmul_create(
                        Self.engine, layouts[0].handle, layouts[1].handle, layouts[2].handle),
                    arguments: [DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST], for: key)
            }
        }
        let result = NDArray(uninitialized: shape)
        run(primitive, left.in(.plain).storage, right.in(.plain).storage, result.storage)
        return result
    }
}

private func swapped(_ shape: Shape, _ swap: Bool) -> Shape {
    guard swap, shape.rank >= 2 else { return shape }
    var result = shape
    result[shape.rank - 1] = shape[shape.rank - 2]
    result[shape.rank - 2] = shape[shape.rank - 1]
    return result
}

private func strides(_ shape: Shape, _ swap: Bool) -> [Int] {
    var result = Array(repeating: 1, count: shape.rank)
    for index in stride(from: shape.rank - 2, through: 0, by: -1) {
        result[index] = result[index + 1] * shape[index + 1]
    }
    if swap { result.swapAt(shape.rank - 1, shape.rank - 2) }
    return result
}

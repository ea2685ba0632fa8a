internal import CKernels

extension NDArray {
    /// `[…, rows, inner] x […, inner, columns]`; with a flag set, that operand's last two dimensions are swapped.
    func matrixProduct(_ right: NDArray, transposeLeft: Bool, transposeRight: Bool) -> NDArray {
        let rank = shape.rank
        precondition(rank >= 2 && right.shape.rank == rank, "\(shape) and \(right.shape) are no matrices of one rank")
        let (rows, inner) = transposeLeft ? (shape[rank - 1], shape[rank - 2]) : (shape[rank - 2], shape[rank - 1])
        let (rightInner, columns) =
            transposeRight
            ? (right.shape[rank - 1], right.shape[rank - 2])
            : (right.shape[rank - 2], right.shape[rank - 1])
        let outer = shape.prefix(rank - 2)
        precondition(
            inner == rightInner && outer.elementsEqual(right.shape.prefix(rank - 2)),
            "no matrix product of \(shape)\(transposeLeft ? " transposed" : "") and \(right.shape)\(transposeRight ? " transposed" : "")"
        )
        let result = NDArray(uninitialized: Shape(Array(outer) + [rows, columns]))
        guard result.count > 0 else { return result }
        guard inner > 0 else { return NDArray(repeating: 0, shape: result.shape) }
        let left = self.in(.plain)
        let operand = transposeRight ? right.transposedMatrices() : right.in(.plain).storage
        var product = KernelProduct()
        product.count = Int64(outer.reduce(1, *))
        product.rows = Int64(rows)
        product.inner = Int64(inner)
        product.columns = Int64(columns)
        product.leftRow = Int64(transposeLeft ? 1 : inner)
        product.leftStep = Int64(transposeLeft ? rows : 1)
        product.leftRowPanel = 16 * product.leftRow
        product.leftPanel = 16 * product.leftStep
        product.leftMatrix = Int64(rows * inner)
        product.rightStep = Int64(columns)
        product.rightPanel = 16
        product.rightMatrix = Int64(inner * columns)
        product.outputRow = Int64(columns)
        product.outputPanel = 16
        product.outputMatrix = Int64(rows * columns)
        let edge = Lane.current.pool.storage(count: 16 * inner)
        withExtendedLifetime((left, operand, result, edge)) {
            kernel_product(
                &product, result.pointer, left.pointer, operand.pointer, edge.pointer)
        }
        return result
    }

    /// Each matrix of the last two dimensions transposed; kept where these are weights.
    private func transposedMatrices() -> Storage {
        let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
        let source = self.in(.plain)
        func fill(_ target: Storage, _ part: Int) {
            withExtendedLifetime((source, target)) {
                for start in stride(from: 0, to: count, by: rows * columns) {
                    kernel_transpose(rows, columns, target.pointer + start, source.pointer + start)
                }
            }
        }
        if let packedCopies {
            let key = PrimitiveKey(operation: .transpose, first: shape)
            return packedCopies.copy(for: key, count: count, fill: fill)
        }
        let result = Lane.current.pool.storage(count: count)
        fill(result, 0)
        return result
    }
}

/// Products of matrices that lie in panels of 16 columns, `[columns / 16, rows, 16]` each, one after another.
struct PanelProduct {
    private var product = KernelProduct()

    /// - Parameter isLeftTransposed: Whether the left matrices lie as inner x rows.
    init(
        count: Int, rows: Int, inner: Int, columns: Int, isLeftTransposed: Bool = false,
        accumulates: Bool = false
    ) {
        precondition(
            columns % 16 == 0 && (isLeftTransposed ? rows : inner) % 16 == 0,
            "\(rows) x \(inner) x \(columns) do not fill panels")
        product.count = Int64(count)
        product.rows = Int64(rows)
        product.inner = Int64(inner)
        product.columns = Int64(columns)
        product.leftRow = isLeftTransposed ? 1 : 16
        product.leftRowPanel = isLeftTransposed ? Int64(16 * inner) : 256
        product.leftStep = isLeftTransposed ? 16 : 1
        product.leftPanel = isLeftTransposed ? 256 : Int64(16 * rows)
        product.leftMatrix = Int64(rows * inner)
        product.rightStep = 16
        product.rightPanel = Int64(16 * inner)
        product.rightMatrix = Int64(inner * columns)
        product.outputRow = 16
        product.outputPanel = Int64(16 * rows)
        product.outputMatrix = Int64(rows * columns)
        product.accumulates = accumulates ? 1 : 0
    }

    func multiply(_ left: Storage, _ right: Storage, into output: Storage) {
        var product = product
        withExtendedLifetime((left, right, output)) {
            // The columns fill their panels: no room for an edge is needed.
            kernel_product(&product, output.pointer, left.pointer, right.pointer, output.pointer)
        }
    }
}

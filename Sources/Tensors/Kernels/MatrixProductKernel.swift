internal import CKernels

extension KernelProduct {
    /// - Parameter count: How many products follow one another, each of rows x inner by inner x columns.
    init(count: Int = 1, rows: Int, inner: Int, columns: Int) {
        self.init()
        self.count = Int64(count)
        self.rows = Int64(rows)
        self.inner = Int64(inner)
        self.columns = Int64(columns)
    }

    /// Strides of the left operand: from row to row, along the inner index, and to the next 16 of each.
    mutating func setLeft(
        row: Int, step: Int, rowPanel: Int? = nil, panel: Int? = nil, matrix: Int = 0
    ) {
        leftRow = Int64(row)
        leftStep = Int64(step)
        leftRowPanel = Int64(rowPanel ?? 16 * row)
        leftPanel = Int64(panel ?? 16 * step)
        leftMatrix = Int64(matrix)
    }

    /// Strides of the right operand: along the inner index, and to the next 16 columns.
    mutating func setRight(step: Int, panel: Int, matrix: Int = 0) {
        rightStep = Int64(step)
        rightPanel = Int64(panel)
        rightMatrix = Int64(matrix)
    }

    mutating func setOutput(row: Int, panel: Int, matrix: Int = 0) {
        outputRow = Int64(row)
        outputPanel = Int64(panel)
        outputMatrix = Int64(matrix)
    }
}

extension NDArray {
    /// `[…, rows, inner] x […, inner, columns]`; with a flag set, that operand's last two dimensions are swapped.
    func matrixProduct(_ right: NDArray, transposeLeft: Bool, transposeRight: Bool) -> NDArray {
        let rank = shape.rank
        precondition(
            rank >= 2 && right.shape.rank == rank,
            "\(shape) and \(right.shape) are no matrices of one rank")
        let (rows, inner) = matrixExtents(isTransposed: transposeLeft)
        let (rightInner, columns) = right.matrixExtents(isTransposed: transposeRight)
        let outer = shape.prefix(rank - 2)
        precondition(
            inner == rightInner && outer.elementsEqual(right.shape.prefix(rank - 2)),
            "no matrix product of \(shape)\(transposeLeft ? " transposed" : "") and \(right.shape)\(transposeRight ? " transposed" : "")"
        )
        let resultShape = Shape(Array(outer) + [rows, columns])
        guard inner > 0 else { return NDArray(repeating: 0, shape: resultShape) }
        let result = NDArray(uninitialized: resultShape)
        guard result.count > 0 else { return result }
        let left = self.in(.plain)
        let panels = right.packedIntoPanels(isTransposed: transposeRight, keptBy: right.packedCopies)
        var product = KernelProduct(
            count: outer.reduce(1, *), rows: rows, inner: inner, columns: columns)
        product.setLeft(
            row: transposeLeft ? 1 : inner, step: transposeLeft ? rows : 1, matrix: rows * inner)
        product.setRight(step: 16, panel: 16 * inner, matrix: inner * panelled(columns))
        product.setOutput(row: columns, panel: 16, matrix: rows * columns)
        withExtendedLifetime((left, panels, result)) {
            kernel_product(&product, result.pointer, left.pointer, panels.pointer)
        }
        return result
    }

    /// Rows and columns of the last two dimensions, or columns and rows.
    private func matrixExtents(isTransposed: Bool) -> (Int, Int) {
        let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
        return isTransposed ? (columns, rows) : (rows, columns)
    }

    /// Each matrix of the last two dimensions, or its transpose, in panels of 16 columns; kept where these are weights.
    func packedIntoPanels(isTransposed: Bool, keptBy copies: PackedCopies?) -> Storage {
        let (rows, columns) = matrixExtents(isTransposed: isTransposed)
        let matrices = shape.prefix(shape.rank - 2).reduce(1, *)
        let source = self.in(.plain)
        func fill(_ target: Storage, _ part: Int) {
            withExtendedLifetime((source, target)) {
                for matrix in 0..<matrices {
                    kernel_pack(
                        Int64(rows), Int64(columns), isTransposed ? 1 : 0,
                        target.pointer + matrix * rows * panelled(columns),
                        source.pointer + matrix * rows * columns)
                }
            }
        }
        let count = matrices * rows * panelled(columns)
        if let copies {
            let key = PrimitiveKey(operation: .panels(isTransposed: isTransposed), first: shape)
            return copies.copy(for: key, count: count, fill: fill)
        }
        let result = Lane.current.pool.storage(count: count)
        fill(result, 0)
        return result
    }
}

/// So many columns with the last panel filled up.
private func panelled(_ columns: Int) -> Int { (columns + 15) / 16 * 16 }

/// Products of matrices that lie in panels of 16 columns, `[columns / 16, rows, 16]` each.
struct PanelProduct {
    private var product: KernelProduct

    /// Floats from one matrix to the next: a few lines more than it has, as equal places of matrices that are a power of
    /// two apart would compete for the same lines of the cache.
    static func stride(_ rows: Int, _ columns: Int) -> Int { rows * columns + 80 }

    /// - Parameter isLeftTransposed: Whether the left matrices lie as inner x rows.
    init(
        count: Int, rows: Int, inner: Int, columns: Int, isLeftTransposed: Bool = false,
        accumulates: Bool = false
    ) {
        precondition(
            columns % 16 == 0 && (isLeftTransposed ? rows : inner) % 16 == 0,
            "\(rows) x \(inner) x \(columns) do not fill panels")
        product = KernelProduct(count: count, rows: rows, inner: inner, columns: columns)
        if isLeftTransposed {
            product.setLeft(
                row: 1, step: 16, rowPanel: 16 * inner, matrix: Self.stride(inner, rows))
        } else {
            product.setLeft(row: 16, step: 1, panel: 16 * rows, matrix: Self.stride(rows, inner))
        }
        product.setRight(step: 16, panel: 16 * inner, matrix: Self.stride(inner, columns))
        product.setOutput(row: 16, panel: 16 * rows, matrix: Self.stride(rows, columns))
        product.accumulates = accumulates ? 1 : 0
    }

    func multiply(_ left: Storage, _ right: Storage, into output: Storage) {
        var product = product
        withExtendedLifetime((left, right, output)) {
            kernel_product(&product, output.pointer, left.pointer, right.pointer)
        }
    }
}

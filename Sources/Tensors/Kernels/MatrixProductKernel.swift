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

    /// Strides of the left operand: from row to row, along the inner index, and from each 16 of them to the next.
    mutating func setLeft(
        row: Int, step: Int, rowPanel: Int? = nil, panel: Int? = nil, matrix: Int = 0
    ) {
        leftRow = Int64(row)
        leftStep = Int64(step)
        leftRowPanel = Int64(rowPanel ?? 16 * row)
        leftPanel = Int64(panel ?? 16 * step)
        leftMatrix = Int64(matrix)
    }

    /// Strides of the right operand: along the inner index, and from each 16 columns to the next.
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
    /// The product `[…, rows, inner] x […, inner, columns]`; if a flag is set, the last two dimensions of that operand
    /// are swapped.
    func matrixProduct(_ right: NDArray, transposeLeft: Bool, transposeRight: Bool) -> NDArray {
        let rank = shape.rank
        require(
            rank >= 2 && right.shape.rank == rank,
            "\(shape) and \(right.shape) are not matrices of equal rank")
        let (rows, inner) = matrixExtents(isTransposed: transposeLeft)
        let (rightInner, columns) = right.matrixExtents(isTransposed: transposeRight)
        let outer = shape.prefix(rank - 2)
        require(
            inner == rightInner && outer.elementsEqual(right.shape.prefix(rank - 2)),
            "no matrix product of \(shape)\(transposeLeft ? " transposed" : "") and \(right.shape)\(transposeRight ? " transposed" : "")"
        )
        let resultShape = Shape(Array(outer) + [rows, columns])
        guard inner > 0 else { return NDArray(repeating: 0, shape: resultShape) }
        let result = NDArray(uninitialized: resultShape)
        guard result.count > 0 else { return result }
        let product = KernelProduct(
            count: outer.reduce(1, *), rows: rows, inner: inner, columns: columns)
        switch Lane.current.precision {
        case .float32: multiply(product, right, transposeLeft, transposeRight, into: result)
        case .bfloat16: multiplyRounded(product, right, transposeLeft, transposeRight, into: result)
        }
        return result
    }

    /// The left operand is read as it lies, the right one in panels.
    private func multiply(
        _ extents: KernelProduct, _ right: NDArray, _ transposeLeft: Bool, _ transposeRight: Bool,
        into result: NDArray
    ) {
        var product = extents
        let (rows, inner, columns) = (Int(product.rows), Int(product.inner), Int(product.columns))
        let left = self.in(.plain)
        let panels = right.packed(.float32, isTransposed: transposeRight)
        product.setLeft(
            row: transposeLeft ? 1 : inner, step: transposeLeft ? rows : 1, matrix: rows * inner)
        product.setRight(step: 16, panel: 16 * inner, matrix: inner * filled(columns, 16))
        product.setOutput(row: columns, panel: 16, matrix: rows * columns)
        withExtendedLifetime((left, panels, result)) {
            kernel_product(&product, result.pointer, left.pointer, panels.pointer)
        }
    }

    /// Both operands are rounded into panels, with the inner index in pairs.
    private func multiplyRounded(
        _ extents: KernelProduct, _ right: NDArray, _ transposeLeft: Bool, _ transposeRight: Bool,
        into result: NDArray
    ) {
        var product = extents
        let (rows, columns) = (Int(product.rows), Int(product.columns))
        let inner = filled(Int(product.inner), 2)
        product.inner = Int64(inner)
        let left = packed(transposeLeft ? .pairs : .rows, isTransposed: false)
        let panels = right.packed(.pairs, isTransposed: transposeRight)
        if transposeLeft {
            product.setLeft(
                row: 2, step: 16, rowPanel: 16 * inner, matrix: inner * filled(rows, 16))
        } else {
            product.setLeft(row: 16, step: 1, panel: 16 * rows, matrix: rows * filled(inner, 16))
        }
        product.setRight(step: 16, panel: 16 * inner, matrix: inner * filled(columns, 16))
        product.setOutput(row: columns, panel: 16, matrix: rows * columns)
        withExtendedLifetime((left, panels, result)) {
            kernel_product_bfloat16(&product, result.pointer, left.shorts, panels.shorts)
        }
    }

    /// The rows and columns of the last two dimensions, swapped if the matrix is transposed.
    private func matrixExtents(isTransposed: Bool) -> (Int, Int) {
        let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
        return isTransposed ? (columns, rows) : (rows, columns)
    }

    /// Each matrix of the last two dimensions, or its transpose, in panels of 16 columns; the panels of weights are
    /// kept.
    func packed(_ format: PanelFormat, isTransposed: Bool) -> Storage {
        let (rows, columns) = matrixExtents(isTransposed: isTransposed)
        let matrices = shape.prefix(shape.rank - 2).reduce(1, *)
        let matrix = format.floats(rows: rows, columns: columns)
        let source = self.in(.plain)
        func fill(_ target: Storage, _ part: Int) {
            withExtendedLifetime((source, target)) {
                for index in 0..<matrices {
                    kernel_pack(
                        format.kernel, Int64(rows), Int64(columns), isTransposed ? 1 : 0,
                        target.pointer + index * matrix, source.pointer + index * rows * columns)
                }
            }
        }
        if let packedCopies, packedCopies.keeps(matrices * matrix) {
            let key = PrimitiveKey(
                operation: .panels(format, isTransposed: isTransposed), first: shape)
            return packedCopies.copy(for: key, count: matrices * matrix, fill: fill)
        }
        let result = Lane.current.pool.storage(count: matrices * matrix)
        fill(result, 0)
        return result
    }
}

/// The way in which the numbers of a panel of 16 columns lie.
enum PanelFormat: Hashable, Sendable {
    case float32
    /// bfloat16 numbers, row by row, for a left operand.
    case rows
    /// bfloat16 numbers, two rows interleaved, for a right operand or a transposed left one.
    case pairs

    var kernel: KernelFormat {
        switch self {
        case .float32: KernelFloats
        case .rows: KernelShortRows
        case .pairs: KernelShortPairs
        }
    }

    /// The size of a number, in bytes.
    var bytes: Int { self == .float32 ? 4 : 2 }

    /// The room that this many numbers take, in floats.
    func floats(_ numbers: Int) -> Int { numbers * bytes / 4 }

    /// The number of rows as they are stored: rows that go in pairs end with a row of zeros if need be.
    func height(_ rows: Int) -> Int { self == .pairs ? filled(rows, 2) : rows }

    /// The room that a matrix takes, in floats.
    func floats(rows: Int, columns: Int) -> Int {
        floats(height(rows) * filled(columns, 16))
    }
}

extension Storage {
    /// The memory as bfloat16 numbers.
    var shorts: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt16.self)
    }
}

/// `count` rounded up to a multiple of `unit`.
private func filled(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }

/// Products of matrices that lie in panels of 16 columns, `[columns / 16, rows, 16]` each.
struct PanelProduct {
    private var product: KernelProduct
    private let precision: Precision
    private let isLeftTransposed: Bool
    /// The first column of the output that this product computes.
    private var firstColumn = 0

    /// The distance from one matrix to the next.
    ///
    /// It is a few cache lines more than the matrix has, because equal places of matrices that are a power of two apart
    /// would compete for the same lines of the cache.
    static func stride(_ rows: Int, _ columns: Int) -> Int { rows * columns + 160 }

    /// - Parameter isLeftTransposed: Whether the left matrices lie as inner x rows.
    init(
        _ precision: Precision, rows: Int, inner: Int, columns: Int,
        isLeftTransposed: Bool = false, accumulates: Bool = false
    ) {
        require(
            columns % 16 == 0 && (isLeftTransposed ? rows : inner) % 16 == 0,
            "\(rows) x \(inner) x \(columns) do not fill panels")
        let isPaired = precision == .bfloat16
        let inner = isPaired ? filled(inner, 2) : inner
        self.precision = precision
        self.isLeftTransposed = isLeftTransposed
        product = KernelProduct(rows: rows, inner: inner, columns: columns)
        if isLeftTransposed {
            product.setLeft(
                row: isPaired ? 2 : 1, step: 16, rowPanel: 16 * inner,
                matrix: Self.stride(inner, rows))
        } else {
            product.setLeft(row: 16, step: 1, panel: 16 * rows, matrix: Self.stride(rows, inner))
        }
        product.setRight(step: 16, panel: 16 * inner, matrix: Self.stride(inner, columns))
        product.setOutput(row: 16, panel: 16 * rows, matrix: Self.stride(rows, columns))
        product.accumulates = accumulates ? 1 : 0
    }

    /// The product for some columns alone, with right matrices that hold only these.
    func of(columns: Range<Int>) -> PanelProduct {
        var part = self
        part.firstColumn = columns.lowerBound
        part.product.columns = Int64(columns.count)
        part.product.rightMatrix = Int64(Self.stride(Int(product.inner), columns.count))
        return part
    }

    /// Multiplies some of the matrices, and only their first rows.
    ///
    /// - Parameter rows: How many rows of a left operand count, whether it is transposed or not.
    func multiply(
        _ left: Storage, _ right: Storage, into output: Storage, matrices: Range<Int>, rows: Int
    ) {
        var product = product
        product.count = Int64(matrices.count)
        let first = matrices.lowerBound
        let (from, by, to) = (
            first * Int(product.leftMatrix), first * Int(product.rightMatrix),
            first * Int(product.outputMatrix) + firstColumn / 16 * Int(product.outputPanel)
        )
        if isLeftTransposed {
            product.inner = Int64(precision == .bfloat16 ? filled(rows, 2) : rows)
        } else {
            product.rows = Int64(rows)
        }
        withExtendedLifetime((left, right, output)) {
            switch precision {
            case .float32:
                kernel_product(
                    &product, output.pointer + to, left.pointer + from, right.pointer + by)
            case .bfloat16:
                kernel_product_bfloat16(
                    &product, output.pointer + to, left.shorts + from, right.shorts + by)
            }
        }
    }
}

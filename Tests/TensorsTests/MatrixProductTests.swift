import Tensors
import Testing

@Suite("Matrix products")
struct MatrixProductTests {
    static let extents: [[Int]] = [
        [1, 1, 1], [3, 5, 2], [17, 33, 49], [8, 16, 48], [2, 600, 7], [31, 1, 64], [5, 7, 100],
        [32, 544, 32],
    ]

    @Test(
        "Each is the plain loop's, whichever operand is transposed", arguments: extents,
        [false, true])
    func products(extents: [Int], isTransposed: Bool) {
        for precision in Precision.allCases {
            for right in [false, true] {
                let (rows, inner, columns) = (extents[0], extents[1], extents[2])
                let a = numbers(isTransposed ? [2, inner, rows] : [2, rows, inner], 1)
                let b = numbers(right ? [2, columns, inner] : [2, inner, columns], 2)
                let product = withPrecision(precision) {
                    Tensor(a).matrixProduct(
                        with: Tensor(b), transposingSelf: isTransposed, transposingOther: right)
                }
                let (x, y) = (a.scalars, b.scalars)
                var worst: Float = 0
                for (index, found) in product.value.scalars.enumerated() {
                    let (matrix, place) = index.quotientAndRemainder(dividingBy: rows * columns)
                    let (i, j) = place.quotientAndRemainder(dividingBy: columns)
                    let terms = (0..<inner).map { k in
                        let left =
                            matrix * rows * inner + (isTransposed ? k * rows + i : i * inner + k)
                        let other =
                            matrix * inner * columns + (right ? j * inner + k : k * columns + j)
                        return x[left] * y[other]
                    }
                    let size = terms.reduce(0) { $0 + abs($1) }
                    worst = max(worst, abs(found - terms.reduce(0, +)) / max(size, 1e-3))
                }
                // Each operand is rounded to 8 bits, by at most 2⁻⁸ of itself.
                #expect(worst < (precision == .float32 ? 1e-5 : 0x1p-7))
            }
        }
    }

    @Test("A product of bfloat16 numbers is exact: rounding happens to operands alone")
    func exactProducts() {
        let a = Tensor([1.0078125, -3, 0.5, 2], shape: [1, 4])
        let b = Tensor([256, 1.5, -4, 0.25], shape: [4, 1])
        let product = withPrecision(.bfloat16) { a.matrixProduct(with: b) }
        #expect(product.scalar == 258 - 4.5 - 2 + 0.5)
        // 1 + 2⁻⁹ has no place in 8 bits, and lies nearest to 1.
        let rounded = withPrecision(.bfloat16) {
            Tensor([1.001953125], shape: [1, 1]).matrixProduct(with: Tensor([1], shape: [1, 1]))
        }
        #expect(rounded.scalar == 1)
    }

    @Test(
        "Sums of bfloat16 products have the bits of their order: by pairs, or by 32 with AMX",
        arguments: extents, [false, true])
    func orderOfSums(extents: [Int], isTransposed: Bool) {
        let (rows, inner, columns) = (extents[0], extents[1], extents[2])
        let a = rounded(numbers(isTransposed ? [inner, rows] : [rows, inner], 3))
        let b = rounded(numbers([inner, columns], 4))
        let product = withPrecision(.bfloat16) {
            Tensor(a).matrixProduct(with: Tensor(b), transposingSelf: isTransposed)
        }
        let (x, y) = (a.scalars, b.scalars)
        let length = InstructionSet.inUse.contains("amx") ? 32 : 2
        let sums = (0..<rows * columns).map { index in
            let (i, j) = index.quotientAndRemainder(dividingBy: columns)
            var sum: Float = 0
            for first in stride(from: 0, to: inner, by: length) {
                var even: Float = 0
                var odd: Float = length == 2 ? sum : 0
                for k in first..<min(first + length, inner) {
                    let left = x[isTransposed ? k * rows + i : i * inner + k]
                    let right = y[k * columns + j]
                    if k % 2 == 0 {
                        even.addProduct(left, right)
                    } else {
                        odd.addProduct(left, right)
                    }
                }
                // Of a pair, the even product is exact, so adding it rounds once as well.
                sum = length == 2 ? odd + even : sum + (even + odd)
            }
            return sum
        }
        #expect(product.value.scalars == sums)
    }

    /// The nearest numbers of 8 bits.
    private func rounded(_ array: NDArray) -> NDArray {
        NDArray(
            array.scalars.map {
                let bits = $0.bitPattern
                return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
            }, shape: array.shape)
    }

    private func numbers(_ shape: Shape, _ seed: UInt64) -> NDArray {
        NDArray(
            RandomSource(seed: seed).normal(shape.elementCount, at: .init(.data)), shape: shape)
    }
}

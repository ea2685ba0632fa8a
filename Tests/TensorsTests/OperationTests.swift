import Tensors
import Testing

@Suite("Operations and their gradients, to the second order")
struct OperationTests {
    static let pairs: [(Shape, Shape)] = [
        ([3, 5], [3, 5]), ([3, 5], [5]), ([3, 1], [1, 5]), ([2, 16, 3, 3], [16, 1, 1]),
        ([2, 16, 1, 1], [2, 16, 3, 3]),
        ([2, 3, 4, 5], [3, 1, 1]), ([], [4, 3]), ([1], [1]), ([17, 33], [17, 1]),
    ]

    @Test("Arithmetic broadcasts and differentiates", arguments: pairs)
    func arithmetic(left: Shape, right: Shape) {
        expectGradients(of: [left, right]) { $0[0] + $0[1] * $0[0] }
        expectGradients(of: [left, right]) { $0[0] * 2 - $0[1].squared() }
        expectGradients(of: [left, right], in: 1..<2) { $0[0] / $0[1] }
    }

    @Test("Broadcasting gives what a plain loop gives")
    func broadcasting() {
        let left = Tensor((0..<6).map(Float.init), shape: [2, 3])
        let right = Tensor([10, 20], shape: [2, 1])
        #expect((left + right).value.scalars == [10, 11, 12, 23, 24, 25])
        #expect((left - Tensor([1, 2, 3], shape: [3])).value.scalars == [-1, -1, -1, 2, 2, 2])
        #expect((Tensor(1) / Tensor([2, 4], shape: [2])).value.scalars == [0.5, 0.25])
    }

    @Test("Functions differentiate", arguments: [Shape([3, 7]), [1], [2, 16, 3, 3], []])
    func functions(shape: Shape) {
        expectGradients(of: [shape]) { $0[0].exponential() }
        expectGradients(of: [shape]) { $0[0].tanh() }
        expectGradients(of: [shape]) { $0[0].sigmoid() }
        expectGradients(of: [shape]) { $0[0].softplus() }
        expectGradients(of: [shape]) { $0[0].squared() * $0[0] }
        expectGradients(of: [shape], in: 1..<2) { $0[0].logarithm() }
        expectGradients(of: [shape], in: 1..<2) { $0[0].squareRoot() }
        expectGradients(of: [shape], in: 1..<2) { $0[0].reciprocal() }
    }

    @Test("Leaky units differentiate away from their kink, on both sides of it")
    func leaky() {
        expectGradients(of: [[4, 9]], in: 0.1..<1) { ($0[0] * $0[0]).leakyRelu(slope: 0.2) }
        expectGradients(of: [[4, 9]], in: 0.1..<1) { (-($0[0] * $0[0])).leakyRelu(slope: 0.2) }
        #expect(Tensor([-2, 0, 3], shape: [3]).leakyRelu(slope: 0.5).value.scalars == [-1, 0, 3])
    }

    @Test("Absolute values differentiate away from their kink, on both sides of it")
    func absolute() {
        expectGradients(of: [[4, 9]], in: 0.1..<1) { $0[0].absolute() * $0[0] }
        expectGradients(of: [[4, 9]], in: -1..<(-0.1)) { $0[0].absolute() * $0[0] }
        #expect(Tensor([-2, 0, 3], shape: [3]).absolute().value.scalars == [2, 0, 3])
    }

    @Test("Transcendental functions agree with the system's to single precision")
    func accuracy() {
        let x = (0..<4001).map { Float($0 - 2000) / 100 }
        let tensor = Tensor(x, shape: [x.count])
        for (value, x) in zip(tensor.exponential().value.scalars, x) {
            #expect(abs(Double(value) - exponential(Double(x))) <= 3e-7 * exponential(Double(x)))
        }
        for (value, x) in zip(tensor.tanh().value.scalars, x) {
            let e = exponential(-2 * Double(abs(x)))
            #expect(
                abs(Double(value) - Double(x.sign == .minus ? -1 : 1) * (1 - e) / (1 + e)) <= 2e-7)
        }
        for (value, x) in zip(tensor.softplus().exponential().value.scalars, x) where x < 15 {
            #expect(
                abs(Double(value) - 1 - exponential(Double(x))) <= 1e-5
                    * (1 + exponential(Double(x))))
        }
    }

    @Test(
        "Sums and means reduce any dimensions",
        arguments: [[0], [1], [2, 3], [0, 2, 3], [0, 1, 2, 3]])
    func reductions(dimensions: [Int]) {
        for shape in [Shape([3, 5, 2, 7]), [2, 16, 4, 4]] {
            expectGradients(of: [shape]) { $0[0].squared().sum(over: dimensions) }
            expectGradients(of: [shape]) { $0[0].squared().mean(over: dimensions).squared() }
        }
    }

    @Test("A sum of a thousand ones is a thousand, over any layout")
    func countingSum() {
        #expect(Tensor(NDArray(repeating: 1, shape: [10, 100])).sum().scalar == 1000)
        let ones = Tensor(NDArray(repeating: 1, shape: [5, 16, 7, 3], layout: .blocked(16)))
        #expect(ones.sum(over: [0, 2, 3]).value.scalars == Array(repeating: 105, count: 16))
        #expect(ones.sum(over: [1]).value.scalars == Array(repeating: 16, count: 105))
        #expect(ones.sum().scalar == 1680)
    }

    @Test("Rearranging moves elements and brings gradients back")
    func rearranging() {
        let tensor = Tensor((0..<6).map(Float.init), shape: [2, 3])
        #expect(tensor.permuted([1, 0]).value.scalars == [0, 3, 1, 4, 2, 5])
        expectGradients(of: [[2, 3, 4]]) { $0[0].permuted([2, 0, 1]).squared() }
        expectGradients(of: [[2, 16, 2, 2]]) { $0[0].flattened().squared() }
    }

    @Test("Empty batches give empty results")
    func empty() {
        let empty = Tensor([], shape: [0, 4])
        #expect((empty + Tensor([1, 2, 3, 4], shape: [4])).shape == [0, 4])
        #expect(empty.sum().scalar == 0)
        #expect(empty.matrixProduct(with: Tensor([1, 2, 3, 4], shape: [4, 1])).shape == [0, 1])
        let images = Tensor([], shape: [0, 3, 8, 8])
        let weights = Tensor.variable(NDArray(repeating: 1, shape: [16, 3, 4, 4]))
        let output = images.convolved(with: weights, .init(stride: 2, padding: 1))
        #expect(output.shape == [0, 16, 4, 4])
        #expect(
            gradient(of: output.sum(), withRespectTo: weights).value.scalars.allSatisfy { $0 == 0 })
    }

    @Test(
        "Matrix products differentiate, transposed or not",
        arguments: [false, true], [false, true])
    func matrixProducts(transposingLeft: Bool, transposingRight: Bool) {
        let left: Shape = transposingLeft ? [4, 3] : [3, 4]
        let right: Shape = transposingRight ? [5, 4] : [4, 5]
        func product(_ inputs: [Tensor]) -> Tensor {
            inputs[0].matrixProduct(
                with: inputs[1], transposingSelf: transposingLeft,
                transposingOther: transposingRight)
        }
        expectGradients(of: [left, right], product)
        expectGradients(of: [Shape([2] + left), Shape([2] + right)], product)
    }
}

/// e to the power of x, by its series: the tests' own yardstick.
private func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for n in 1..<80 {
        term *= abs(x) / Double(n)
        sum += term
    }
    return x < 0 ? 1 / sum : sum
}

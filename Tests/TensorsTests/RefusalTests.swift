import Tensors
import Testing

@Suite("Shapes that do not fit are refused before anything is computed")
struct RefusalTests {
    @Test("Broadcasting names both shapes")
    func broadcasting() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2], shape: [2]) + Tensor([1, 2, 3], shape: [3])
        }
        expect(result, mentions: "[2]", "[3]")
    }

    @Test("Matrix products name both shapes")
    func products() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let zeros = NDArray(repeating: 0, shape: [2, 3])
            _ = Tensor(zeros).matrixProduct(with: Tensor(zeros))
        }
        expect(result, mentions: "no matrix product of [2, 3] and [2, 3]")
    }

    @Test("Convolutions name inputs and weights")
    func convolutions() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let image = Tensor(NDArray(repeating: 0, shape: [1, 3, 8, 8]))
            let weights = Tensor(NDArray(repeating: 0, shape: [16, 4, 3, 3]))
            _ = image.convolved(with: weights)
        }
        expect(result, mentions: "[1, 3, 8, 8]", "[16, 4, 3, 3]")
    }

    private func expect(_ result: ExitTest.Result?, mentions words: String...) {
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        for word in words { #expect(text.contains(word), "\(text.prefix(300))") }
    }
}

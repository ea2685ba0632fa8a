import NeuralNetworks
import Tensors
import Testing

@Suite("Optimizers")
struct OptimizerTests {
    private let pool = StoragePool()

    private func storage(_ values: [Float]) -> Storage {
        let storage = pool.storage(count: values.count)
        storage.pointer.update(from: values, count: values.count)
        return storage
    }

    @Test("Adam follows its paper's algorithm, over any length", arguments: [1, 15, 16, 17, 40])
    func adam(count: Int) {
        let adam = Adam(rate: 0.01, beta1: 0.5, beta2: 0.9)
        var weights = storage((0..<count).map { Float($0) / 10 - 1 })
        let (first, second) = (Storage.zeros(count: count), Storage.zeros(count: count))
        var expected = weights.scalars.map(Double.init)
        var (m, v) = (Array(repeating: 0.0, count: count), Array(repeating: 0.0, count: count))
        for update in 1...5 {
            let gradient = storage((0..<count).map { Float(($0 * update) % 7) - 3 })
            let updated = pool.storage(count: count)
            adam.update(
                weights, into: updated, first: first, second: second, gradient: gradient,
                gradientScale: 0.5,
                update: update)
            weights = updated
            for i in 0..<count {
                let g = Double(gradient.scalars[i]) / 2
                m[i] = 0.5 * m[i] + 0.5 * g
                v[i] = 0.9 * v[i] + 0.1 * g * g
                let corrected = (m[i] / (1 - power(0.5, update)), v[i] / (1 - power(0.9, update)))
                expected[i] -= 0.01 * corrected.0 / (corrected.1.squareRoot() + 1e-8)
            }
        }
        for (found, expected) in zip(weights.scalars, expected) {
            #expect(abs(Double(found) - expected) < 1e-5)
        }
    }

    @Test("The moving average soon forgets its start, then keeps what its decay says")
    func movingAverage() {
        let average = storage([0])
        MovingAverage(decay: 0.999).update(average, towards: storage([1]), update: 1)
        #expect(abs(average.scalars[0] - 9 / 11) < 1e-6)
        MovingAverage(decay: 0.999).update(average, towards: storage([0]), update: 1_000_000)
        #expect(abs(average.scalars[0] - 9 / 11 * 0.999) < 1e-6)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}

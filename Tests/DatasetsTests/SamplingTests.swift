import Datasets
import Tensors
import Testing

@Suite("The order of examples")
struct SamplingTests {
    @Test("Each epoch sees each example exactly once", arguments: [1, 2, 3, 10, 97, 1024, 5_000])
    func permutation(count: Int) {
        let sampler = Sampler(count: count, random: RandomSource(seed: 5))
        for epoch in 0..<3 {
            let seen = (0..<count).map { sampler.example(at: epoch * count + $0) }
            #expect(seen.sorted() == Array(0..<count))
        }
    }

    @Test("Epochs and seeds shuffle differently, and far from where they began")
    func shuffled() {
        func order(_ seed: UInt64, _ epoch: Int) -> [Int] {
            let sampler = Sampler(count: 1_000, random: RandomSource(seed: seed))
            return (0..<1_000).map { sampler.example(at: epoch * 1_000 + $0) }
        }
        #expect(order(1, 0) == order(1, 0))
        #expect(order(1, 0) != order(1, 1) && order(1, 0) != order(2, 0))
        let moved = order(1, 0).enumerated().reduce(0) { $0 + abs($1.element - $1.offset) }
        #expect(abs(Double(moved) / 1_000 - 333) < 40)
    }

    @Test("Batches read ahead are the batches read when they are needed")
    func prefetching() throws {
        let random = RandomSource(seed: 2)
        let ring = GaussianMixtureExamples(.ring, random: random)
        let (eager, lazy) = (
            try BatchReader(ring, random: random), try BatchReader(ring, random: random)
        )
        defer { for reader in [eager, lazy] { reader.close() } }
        for start in stride(from: 0, to: 640, by: 64) {
            let positions = start..<(start + 64)
            let ahead = try eager.batch(at: positions, next: (start + 64)..<(start + 128)).arrays[0]
            let now = try lazy.batch(at: positions).arrays[0]
            #expect(ahead.scalars == now.scalars && ahead.shape == [64, 2])
        }
    }

    @Test("The ring's examples lie around its eight centres")
    func ring() throws {
        let random = RandomSource(seed: 2)
        let ring = GaussianMixtureExamples(.ring, random: random)
        let reader = try BatchReader(ring, random: random)
        defer { reader.close() }
        let points = try reader.batch(at: 0..<4_000).arrays[0].scalars
        var counts = Array(repeating: 0, count: 8)
        for index in 0..<4_000 {
            let distances = GaussianMixture.ring.centres.map { centre in
                let (x, y) = (points[2 * index] - centre.x, points[2 * index + 1] - centre.y)
                return (x * x + y * y).squareRoot()
            }
            let nearest = try #require(distances.indices.min { distances[$0] < distances[$1] })
            #expect(distances[nearest] < 0.06)
            counts[nearest] += 1
        }
        #expect(counts.allSatisfy { abs($0 - 500) < 100 })
    }
}

import Datasets
import Hashing
import Tensors
import Testing

@Suite("The order of examples")
struct SamplingTests {
    /// Each number as a picture of one pixel.
    private struct Numbers: Dataset {
        let range: Range<Int>
        let fields = [Field.image([1, 1, 1])]
        var count: Int { range.count }
        var manifest: DataManifest {
            DataManifest(count: count, digest: SHA256.digest(of: "\(range)"))
        }
        func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
            arrays[0][0] = Float(range.lowerBound + index)
        }
    }

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

    @Test("Each set of an unpaired data set has its own epochs and its own order")
    func unpaired() throws {
        let random = RandomSource(seed: 4)
        let data = Unpaired(Numbers(range: 0..<6), Numbers(range: 100..<110))
        #expect(data.manifest.counts == [6, 10] && data.count == 10)
        let reader = try BatchReader(data, random: random)
        defer { reader.close() }
        let seen = try reader.batch(at: 0..<30).arrays.map { $0.scalars.map { Int($0) } }
        for (part, first) in [0, 100].enumerated() {
            let count = data.manifest.counts[part]
            let sampler = Sampler(count: count, random: random.ordering(part: part))
            #expect(seen[part] == (0..<30).map { first + sampler.example(at: $0) })
        }
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

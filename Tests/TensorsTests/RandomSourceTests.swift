import Tensors
import Testing

@Suite("Counted randomness")
struct RandomSourceTests {
    @Test("Philox gives the vectors its authors published")
    func knownAnswers() {
        let place = RandomSource.Place(.initialWeights)
        #expect(
            RandomSource(seed: 0).words(0, at: place) == [
                0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8,
            ])
    }

    @Test("Vectors of draws are the scalar generator's words, in order")
    func vectorized() {
        let source = RandomSource(seed: 0x1234_5678_9abc_def0)
        let place = RandomSource.Place(.latents, network: 1, iteration: 77, repeat: 2, position: 5)
        let draws = source.uniform(150, at: place)
        for (index, draw) in draws.enumerated() {
            let word = source.words(UInt32(index / 4), at: place)[index % 4]
            #expect(draw == Float(word >> 8) / 16_777_216)
        }
    }

    @Test("A shorter draw is a prefix of a longer one")
    func prefixes() {
        let source = RandomSource(seed: 9)
        let long = source.normal(200, at: .init(.latents))
        for count in [1, 3, 16, 63, 64, 65] {
            #expect(source.normal(count, at: .init(.latents)) == Array(long.prefix(count)))
        }
    }

    @Test("Normal draws have the moments of a normal distribution")
    func moments() {
        let x = RandomSource(seed: 11).normal(1 << 20, at: .init(.data)).map(Double.init)
        let n = Double(x.count)
        let mean = x.reduce(0, +) / n
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        let fourth = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean) } / n
        #expect(abs(mean) < 0.004 && abs(variance - 1) < 0.006 && abs(fourth - 3) < 0.04)
    }

    @Test("Rows depend on their position alone, however a batch is cut")
    func rows() {
        let source = RandomSource(seed: 4)
        let whole = source.normal(rows: 0..<8, columns: 10, at: .init(.latents)).scalars
        let part = source.normal(rows: 3..<5, columns: 10, at: .init(.latents)).scalars
        #expect(part == Array(whole[30..<50]))
    }
}

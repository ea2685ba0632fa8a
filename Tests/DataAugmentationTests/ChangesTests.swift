import Datasets
import Tensors
import Testing

@testable import DataAugmentation

@Suite("What a classifier is shown")
struct ChangesTests {
    private let random = RandomSource(seed: 3)
    private let shape: Shape = [1, 16, 16]

    /// A dark dot of two pixels a side in the middle of white.
    private var dot: [Float] {
        (0..<256).map { [7, 8].contains($0 / 16) && [7, 8].contains($0 % 16) ? -1 : 1 }
    }

    /// Pictures of noise, as many of each class as `counts` says.
    private func pictures(_ counts: [Int]) -> PictureSet {
        var set = PictureSet(shape: shape)
        for (label, count) in counts.enumerated() {
            for number in 0..<count {
                let values = random.uniform(
                    256, at: .init(.data, iteration: label, position: number), in: 0..<256)
                set.append(values.map { UInt8($0) }, label: label)
            }
        }
        return set
    }

    @Test("Without a draw a picture stays as it is")
    func none() {
        let still = [Float](repeating: 0, count: UsualChanges.draws)
        #expect(UsualChanges.usual.changed(dot, shape, by: still) == dot)
    }

    @Test("A shift moves by its share of the side; what is drawn becomes thicker or thinner")
    func moved() {
        var draws = [Float](repeating: 0, count: UsualChanges.draws)
        // An eighth of 16 pixels: a pixel is taken from two further to the right.
        draws[0] = 1
        let shifted = UsualChanges(shift: 0.125).changed(dot, shape, by: draws)
        #expect(shifted.indices.allSatisfy { $0 % 16 > 13 || shifted[$0] == dot[$0 + 2] })
        draws[0] = 0
        for (draw, dark) in [(Float(1), 0), (-1, 16)] {
            draws[6] = draw
            let changed = UsualChanges(thickness: 1).changed(dot, shape, by: draws)
            #expect(changed.count { $0 == -1 } == dark)
        }
    }

    @Test("A picture's change depends on its step and row alone, and stays within -1...1")
    func counted() {
        let set = pictures([6])
        func shown(_ numbers: [Int], step: Int) -> [Float] {
            UsualChanges.strong.tensor(set, numbers, step: step, stream: 0, random).value.scalars
        }
        let all = shown([0, 1, 2, 3], step: 5)
        #expect(shown([0, 1], step: 5) == Array(all.prefix(2 * 256)))
        #expect(shown([0, 1, 2, 3], step: 6) != all)
        #expect(all.allSatisfy { (-1.0001...1.0001).contains($0) })
    }

    @Test("Classes are drawn evenly, however many pictures they have")
    func even() {
        let set = pictures([40, 2, 0, 7])
        let draws = EvenDraws(set, classes: 4)
        let numbers = (0..<30).flatMap { draws.numbers(10, step: $0, stream: 0, random) }
        for label in [0, 1, 3] { #expect(numbers.count { set.labels[$0] == label } == 100) }
        // And each picture of a class may come.
        #expect(Set(numbers).count > 40)
    }

    @Test("Labelled pictures are a quarter of what a GAN learns from, each class as often")
    func quarter() {
        let data = ConditionalPictures(
            pictures([5, 1]), named: pictures([100, 50]), classNames: ["a", "b"])
        #expect(data.count == 200)
        let arrays = [
            NDArray(repeating: 0, shape: data.fields[0].shape), NDArray(repeating: 0, shape: []),
        ]
        let labels = (0..<data.count).map { index -> Float in
            data.read(index, into: arrays.map(\.pointer))
            return arrays[1].scalars[0]
        }
        #expect(labels.prefix(50).count { $0 == 0 } == 25)
        // A grey picture is shown in three equal channels.
        let values = arrays[0].scalars
        #expect(Array(values.prefix(256)) == Array(values.suffix(256)))
    }

    @Test("Few pictures of a pool teach its namer what the labels alone do not")
    func naming() throws {
        // Class 0 is bright above, class 1 below; noise hides it a little.
        func halves(_ count: Int, _ first: Int) -> PictureSet {
            var set = PictureSet(shape: shape)
            for number in 0..<count {
                let noise = random.uniform(
                    256, at: .init(.tasks, position: first + number), in: 0..<120)
                let bytes = noise.enumerated().map { pixel, noise in
                    UInt8(noise) + ((pixel < 128) == (number % 2 == 0) ? 110 : 0)
                }
                set.append(bytes, label: number % 2)
            }
            return set
        }
        func named(_ seed: UInt64) throws -> (pool: PictureSet, accuracy: Double?) {
            try Naming(
                labelled: halves(4, 0), pool: halves(60, 100), classes: 2, steps: 12,
                random: RandomSource(seed: seed)
            ).named(test: halves(40, 500))
        }
        let found = try named(1)
        #expect(found.accuracy == 1)
        #expect(found.pool.count > 30)
        // It hides the pool's own labels, and finds them.
        let again = try named(1)
        #expect(again.pool.labels == found.pool.labels)
    }
}

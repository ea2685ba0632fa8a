internal import Adversarial
internal import Synchronization
package import Tensors

extension Generator where Game == any VariesPictures {
    /// Pictures that are computed at once.
    private static var slice: Int { 50 }

    /// Makes another picture of the class of each of some.
    ///
    /// - Parameters:
    ///   - numbers: Those of the pictures that are made; what is made of a picture depends on its number and `random`.
    ///   - given: The pictures that those of some numbers are made of, `[numbers, 3, side, side]` in -1...1.
    /// - Returns: One after another, planes in -1...1.
    package func vary(
        _ numbers: Range<Int>, _ random: RandomSource,
        given: @Sendable (_ numbers: Range<Int>) -> Tensor
    ) -> [Float] {
        let slices = stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.slice).map {
            $0..<min($0 + Self.slice, numbers.upperBound)
        }
        let made = Mutex(Array(repeating: [Float](), count: slices.count))
        forEach(slices.count) { number in
            let values = self { game, pass in
                let noise = random.normal(
                    rows: slices[number], columns: game.noiseSize, at: .init(.samples))
                return game.varied(given(slices[number]), noise: Tensor(noise), pass)
            }.value.scalars
            made.withLock { $0[number] = values }
        }
        return made.withLock { Array($0.joined()) }
    }
}

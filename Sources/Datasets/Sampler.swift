public import Tensors

/// The order in which examples are seen: an endless sequence, shuffled anew in each epoch, and computed by counting.
///
/// Position p belongs to epoch p / count. The permutation of an epoch is a Feistel network over the smallest even
/// number of bits that holds `count`, which is applied until the result is below `count`. No array is shuffled, kept or
/// sent.
public struct Sampler: Sendable {
    private let count: Int
    private let random: RandomSource
    private let halfBits: Int

    public init(count: Int, random: RandomSource) {
        precondition(count > 0, "no examples to sample from")
        self.count = count
        self.random = random
        var bits = 1
        while 1 << (2 * bits) < count { bits += 1 }
        halfBits = bits
    }

    /// The example at a position of the endless sequence.
    public func example(at position: Int) -> Int {
        let (epoch, start) = position.quotientAndRemainder(dividingBy: count)
        var index = start
        repeat { index = permuted(index, epoch: epoch) } while index >= count
        return index
    }

    private func permuted(_ index: Int, epoch: Int) -> Int {
        let mask = UInt32(1 << halfBits - 1)
        var (left, right) = (UInt32(index >> halfBits), UInt32(index) & mask)
        for round in 0..<6 {
            let place = RandomSource.Place(.permutation, iteration: epoch, position: round)
            (left, right) = (right, left ^ (random.words(right, at: place)[0] & mask))
        }
        return Int(left) << halfBits | Int(right)
    }
}

extension RandomSource {
    /// The source of the order of a part of the data: the first part, 0, or the second, 1.
    package func ordering(part: Int) -> RandomSource {
        part == 0 ? self : RandomSource(seed: ~seed)
    }
}

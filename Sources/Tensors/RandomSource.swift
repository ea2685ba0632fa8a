internal import CKernels

/// Random numbers by counting (Philox 4x32-10; Salmon et al., 2011): a function of the place in a run, not of the order
/// of draws.
///
/// There is no state to save, lose or share: the same seed and place give the same numbers on every host.
public struct RandomSource: Hashable, Sendable {
    /// What the numbers are for; different purposes never share numbers.
    public enum Purpose: UInt8, Sendable {
        case initialWeights, latents, permutation, data, samples, interpolates, layers,
            augmentation,
            noise, classes,
            surroundings, directions, tasks
    }

    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// The place in a run for which numbers are drawn.
    public struct Place: Hashable, Sendable {
        public var purpose: Purpose
        /// The number of the network, for numbers that each network draws for itself.
        public var network: Int
        /// The iteration, or the epoch.
        public var iteration: Int
        /// Which of an iteration's repeated steps.
        public var `repeat`: Int
        /// Usually the position in the global batch, so that the way the batch is cut does not matter.
        public var position: Int

        public init(
            _ purpose: Purpose, network: Int = 0, iteration: Int = 0, repeat: Int = 0,
            position: Int = 0
        ) {
            self.purpose = purpose
            self.network = network
            self.iteration = iteration
            self.repeat = `repeat`
            self.position = position
        }

        /// The three counter words that follow the number of the draw.
        fileprivate var counter: [UInt32] {
            precondition(
                network >= 0 && network < 256 && `repeat` >= 0 && `repeat` < 1 << 16,
                "no place for network \(network), repeat \(`repeat`)")
            let kind = UInt32(purpose.rawValue) << 24 | UInt32(network) << 16 | UInt32(`repeat`)
            return [UInt32(position), UInt32(iteration), kind]
        }
    }

    /// Draws `count` normally distributed numbers with the given mean and standard deviation.
    public func normal(_ count: Int, at place: Place, mean: Float = 0, deviation: Float = 1)
        -> [Float]
    {
        Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress {
                kernel_normal(count, start, seed, place.counter, mean, deviation)
            }
            initialized = count
        }
    }

    /// Draws `count` uniform numbers from `range.lowerBound` up to, but not including, its upper bound.
    public func uniform(_ count: Int, at place: Place, in range: Range<Float> = 0..<1) -> [Float] {
        Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress {
                kernel_uniform(
                    count, start, seed, place.counter, range.lowerBound, range.upperBound)
            }
            initialized = count
        }
    }

    /// Row `i` of the result `[rows, columns]` holds normal numbers of position `first + i`, whatever the other rows
    /// are.
    public func normal(rows: Range<Int>, columns: Int, at place: Place) -> NDArray {
        let result = NDArray(uninitialized: [rows.count, columns])
        for (index, position) in rows.enumerated() {
            var row = place
            row.position = position
            kernel_normal(columns, result.pointer + index * columns, seed, row.counter, 0, 1)
        }
        return result
    }

    /// Four words drawn at a place, as a keyed hash of `value`.
    public func words(_ value: UInt32, at place: Place) -> SIMD4<UInt32> {
        var output = (UInt32(0), UInt32(0), UInt32(0), UInt32(0))
        let counter = [value] + place.counter
        withUnsafeMutablePointer(to: &output) {
            $0.withMemoryRebound(to: UInt32.self, capacity: 4) { kernel_philox($0, seed, counter) }
        }
        return SIMD4(output.0, output.1, output.2, output.3)
    }
}

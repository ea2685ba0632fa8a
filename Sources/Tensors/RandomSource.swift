internal import CKernels

/// Random numbers by counting (Philox 4x32-10; Salmon et al., 2011): a function of where, not of when.
///
/// There is no state to save, lose or share: the same seed and place give the same numbers on every host.
public struct RandomSource: Hashable, Sendable {
    /// What the numbers are for; purposes never share numbers.
    public enum Purpose: UInt8, Sendable {
        case initialWeights, latents, permutation, data, samples, interpolates, layers,
            augmentation,
            noise, classes,
            surroundings, directions
    }

    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// Where in a run some numbers are drawn.
    public struct Place: Hashable, Sendable {
        public var purpose: Purpose
        /// The number of the network, where each has numbers of its own.
        public var network: Int
        /// The iteration, or the epoch.
        public var iteration: Int
        /// Which of an iteration's repeated steps.
        public var `repeat`: Int
        /// Usually the position in the global batch, so that it does not matter how the batch is cut.
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

        /// The three counter words after the number of the draw.
        fileprivate var counter: [UInt32] {
            precondition(
                network >= 0 && network < 256 && `repeat` >= 0 && `repeat` < 1 << 16,
                "no place for network \(network), repeat \(`repeat`)")
            let kind = UInt32(purpose.rawValue) << 24 | UInt32(network) << 16 | UInt32(`repeat`)
            return [UInt32(position), UInt32(iteration), kind]
        }
    }

    /// `count` numbers, normally distributed with the given mean and standard deviation.
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

    /// `count` numbers, uniform from `range.lowerBound` up to but without its upper bound.
    public func uniform(_ count: Int, at place: Place, in range: Range<Float> = 0..<1) -> [Float] {
        Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress {
                kernel_uniform(
                    count, start, seed, place.counter, range.lowerBound, range.upperBound)
            }
            initialized = count
        }
    }

    /// Row `i` of `[rows, columns]` holds normal numbers of position `first + i`, whatever the other rows are.
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

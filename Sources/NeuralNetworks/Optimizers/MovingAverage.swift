internal import CKernels
public import Tensors

/// An exponential moving average, for weights that are sampled from (Yazıcı et al., 2019) and for statistics.
public struct MovingAverage: Hashable, Sendable {
    /// The share of the average that an update keeps, in 0..<1.
    public var decay: Float

    public init(decay: Float) { self.decay = decay }

    /// Moves `average` towards `scale * value`; early updates weigh more, so that the start is soon forgotten.
    ///
    /// Updates are counted from 1.
    public func update(_ average: Storage, towards value: Storage, scale: Float = 1, update: Int) {
        precondition(average.count == value.count)
        let early = Float(1 + update) / Float(10 + update)
        kernel_blend(average.count, average.pointer, value.pointer, scale, 1 - min(decay, early))
    }
}

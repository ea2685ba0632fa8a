internal import CKernels
public import Tensors

/// Adaptive moment estimation (Kingma & Ba, 2015), with bias correction.
public struct Adam: Hashable, Sendable {
    /// The step size.
    public var rate: Float
    /// The share of each moment that a step keeps, in 0..<1.
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float = 1e-8

    public init(rate: Float, beta1: Float, beta2: Float) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
    }

    /// Writes the weights after update number `update`, counted from 1, into `updated`; the moments change in place.
    ///
    /// The gradient is the sum over the leaves, which `gradientScale` turns into the mean.
    public func update(
        _ weights: Storage, into updated: Storage, first: Storage, second: Storage,
        gradient: Storage,
        gradientScale: Float, update: Int
    ) {
        let count = weights.count
        precondition(
            updated.count == count && first.count == count && second.count == count
                && gradient.count == count)
        var adam = KernelAdam(
            rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            firstCorrection: Float(1 - power(Double(beta1), update)),
            secondCorrection: Float(1 - power(Double(beta2), update)),
            gradientScale: gradientScale)
        kernel_adam(
            count, &adam, updated.pointer, weights.pointer, first.pointer, second.pointer,
            gradient.pointer)
    }
}

/// Computes powers by repeated squaring, because the system's `pow` differs between processors.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, left) = (1.0, base, exponent)
    while left > 0 {
        if left & 1 == 1 { result *= square }
        square *= square
        left >>= 1
    }
    return result
}

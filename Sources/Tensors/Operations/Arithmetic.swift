internal import CKernels

// Operands broadcast as in NumPy; a gradient is summed back to the shape that was repeated. Rules capture shapes rather
// than tensors if shapes are all that they need, because what a rule holds stays in memory until it has run.
extension Tensor {
    public static func + (left: Tensor, right: Tensor) -> Tensor {
        recording(
            "add", left.value.combined(KernelAdd, right.value),
            (left, { [shape = left.shape] in $0.summed(to: shape) }),
            (right, { [shape = right.shape] in $0.summed(to: shape) }))
    }

    public static func - (left: Tensor, right: Tensor) -> Tensor {
        recording(
            "subtract", left.value.combined(KernelSubtract, right.value),
            (left, { [shape = left.shape] in $0.summed(to: shape) }),
            (right, { [shape = right.shape] in (-$0).summed(to: shape) }))
    }

    /// The elementwise product.
    public static func * (left: Tensor, right: Tensor) -> Tensor {
        recording(
            "multiply", left.value.combined(KernelMultiply, right.value),
            (left, { [shape = left.shape] in ($0 * right).summed(to: shape) }),
            (right, { [shape = right.shape] in ($0 * left).summed(to: shape) }))
    }

    /// The elementwise quotient.
    public static func / (left: Tensor, right: Tensor) -> Tensor {
        recording(
            "divide", left.value.combined(KernelDivide, right.value),
            (left, { [shape = left.shape] in ($0 / right).summed(to: shape) }),
            (right, { (-$0 * left / right.squared()).summed(to: right.shape) }))
    }

    /// This tensor plus a number for each channel (dimension 1).
    public func biased(by bias: Tensor) -> Tensor {
        require(
            shape.rank >= 2 && bias.shape == [shape[1]],
            "\(shape) has \(shape.dropFirst().first ?? 0) channels, the bias \(bias.shape)")
        let ones = Array(repeating: 1, count: shape.rank - 2)
        return self + bias.reshaped(to: Shape([shape[1]] + ones))
    }

    public static prefix func - (tensor: Tensor) -> Tensor { tensor * -1 }
    public static func + (left: Tensor, right: Float) -> Tensor { left.affine(1, right) }
    public static func - (left: Tensor, right: Float) -> Tensor { left.affine(1, -right) }
    public static func * (left: Tensor, right: Float) -> Tensor { left.affine(right, 0) }
    public static func / (left: Tensor, right: Float) -> Tensor { left.affine(1 / right, 0) }
    public static func + (left: Float, right: Tensor) -> Tensor { right.affine(1, left) }
    public static func - (left: Float, right: Tensor) -> Tensor { right.affine(-1, left) }
    public static func * (left: Float, right: Tensor) -> Tensor { right.affine(left, 0) }

    /// The line scale · x + shift.
    private func affine(_ scale: Float, _ shift: Float) -> Tensor {
        recording("affine", value.mapped(KernelAffine, scale, shift), (self, { $0 * scale }))
    }

    public func squared() -> Tensor {
        recording("square", value.mapped(KernelSquare), (self, { $0 * self * 2 }))
    }

    /// √x, for x above zero.
    public func squareRoot() -> Tensor {
        let root = value.mapped(KernelSquareRoot)
        return recording(
            "squareRoot", root, (self, { $0 * 0.5 / reusing(root) { self.squareRoot() } }))
    }

    /// The reciprocal, 1 / x.
    public func reciprocal() -> Tensor {
        let result = value.mapped(KernelReciprocal)
        return recording(
            "reciprocal", result, (self, { -$0 * reusing(result) { self.reciprocal() }.squared() }))
    }

    public func exponential() -> Tensor {
        let result = value.mapped(KernelExponential)
        return recording(
            "exponential", result, (self, { $0 * reusing(result) { self.exponential() } }))
    }

    /// The natural logarithm, for x above zero.
    public func logarithm() -> Tensor {
        recording("logarithm", value.mapped(KernelLogarithm), (self, { $0 / self }))
    }
}

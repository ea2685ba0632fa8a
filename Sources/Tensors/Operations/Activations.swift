internal import CKernels

extension Tensor {
    public func tanh() -> Tensor {
        let result = value.mapped(KernelTanh)
        return recording(
            "tanh", result,
            (
                self,
                { upstream in
                    guard Lane.current.isRecording else {
                        return Tensor(upstream.value.combined(KernelTanhGradient, result))
                    }
                    return upstream * (1 - self.tanh().squared())
                }
            ))
    }

    /// The logistic function, 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Tensor {
        let result = value.mapped(KernelSigmoid)
        return recording(
            "sigmoid", result,
            (
                self,
                { upstream in
                    guard Lane.current.isRecording else {
                        return Tensor(upstream.value.combined(KernelSigmoidGradient, result))
                    }
                    let sigmoid = self.sigmoid()
                    return upstream * sigmoid * (1 - sigmoid)
                }
            ))
    }

    /// log(1 + eˣ), without overflow.
    public func softplus() -> Tensor {
        recording("softplus", value.mapped(KernelSoftplus), (self, { $0 * self.sigmoid() }))
    }

    /// The rectifier, max(x, 0).
    public func relu() -> Tensor { leakyRelu(slope: 0) }

    /// x where positive, slope · x elsewhere; `slope` is at least 0.
    public func leakyRelu(slope: Float) -> Tensor {
        require(
            slope >= 0, "the rule reads signs from results: a slope of \(slope) would flip them")
        let result = value.mapped(KernelLeaky, slope)
        return recording(
            "leakyRelu", result, (self, { $0.leaky(onSidesOf: result, slope: slope) }))
    }

    /// |x|; its slope at 0 is -1.
    public func absolute() -> Tensor {
        let own = value
        return recording(
            "absolute", own.mapped(KernelLeaky, -1),
            (self, { $0.leaky(onSidesOf: own, slope: -1) }))
    }

    /// x held within a range, whose ends may be infinite; gradients pass only inside the range.
    public func clipped(to range: ClosedRange<Float>) -> Tensor {
        let own = value
        return recording(
            "clip", own.mapped(KernelClip, range.lowerBound, range.upperBound),
            (
                self,
                { upstream in
                    upstream
                        .leaky(onSidesOf: own.mapped(KernelAffine, 1, -range.lowerBound), slope: 0)
                        .leaky(onSidesOf: own.mapped(KernelAffine, -1, range.upperBound), slope: 0)
                }
            ))
    }

    /// x where `sides` is positive, slope · x elsewhere; this is linear in x, so it is its own rule at every order.
    public func leaky(onSidesOf sides: NDArray, slope: Float) -> Tensor {
        recording(
            "leakyOnSides", value.combined(KernelLeakyGradient, sides, parameter: slope),
            (self, { $0.leaky(onSidesOf: sides, slope: slope) }))
    }
}

// A convolution, its gradient for the inputs and its gradient for the weights are linear in each argument, and the
// rules of each are the other two. So gradients of every order need only three kernels.
extension Tensor {
    /// The convolution (cross-correlation) with `weights` `[outputs, inputs / groups, taps…]`.
    ///
    /// The result has shape `[batch, outputs, spatial…]` for this tensor of `[batch, inputs, spatial…]`, as
    /// ``ConvolutionGeometry/output(for:weights:)`` says.
    public func convolved(with weights: Tensor, _ geometry: ConvolutionGeometry = .init()) -> Tensor
    {
        recording(
            "convolution", Lane.current.kernels.convolution(value, weights.value, geometry),
            (self, { [shape] in $0.convolvedTransposed(with: weights, geometry, to: shape) }),
            (
                weights,
                { [shape = weights.shape] in
                    self.convolutionWeightGradient($0, geometry, weights: shape)
                }
            ))
    }

    /// The transposed convolution, which maps what ``convolved(with:_:)`` gives for inputs of shape `target` back to
    /// that shape.
    ///
    /// `weights` are the weights of that convolution: `[channels of this, channels of target / groups, taps…]`.
    public func convolvedTransposed(
        with weights: Tensor, _ geometry: ConvolutionGeometry, to target: Shape
    ) -> Tensor {
        recording(
            "transposedConvolution",
            Lane.current.kernels.convolutionDataGradient(
                value, weights.value, geometry, input: target),
            (self, { $0.convolved(with: weights, geometry) }),
            (
                weights,
                { [shape = weights.shape] in
                    $0.convolutionWeightGradient(self, geometry, weights: shape)
                }
            ))
    }

    /// The gradient for the weights of a convolution of `self`, given the gradient of its result.
    private func convolutionWeightGradient(
        _ upstream: Tensor, _ geometry: ConvolutionGeometry, weights: Shape
    ) -> Tensor {
        recording(
            "convolutionWeightGradient",
            Lane.current.kernels.convolutionWeightGradient(
                value, upstream.value, geometry, weights: weights),
            (self, { [shape] in upstream.convolvedTransposed(with: $0, geometry, to: shape) }),
            (upstream, { self.convolved(with: $0, geometry) }))
    }
}

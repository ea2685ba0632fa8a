internal import COneDNN

/// Strides, padding and dilation of a convolution, one number for each spatial dimension.
public struct ConvolutionGeometry: Hashable, Sendable {
    public var strides: Shape
    public var paddingBefore: Shape
    public var paddingAfter: Shape
    /// The steps between neighbouring taps; 1 is an ordinary convolution.
    public var dilations: Shape
    public var groups: Int

    public init(
        dimensions: Int = 2, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
    ) {
        strides = Shape(Array(repeating: stride, count: dimensions))
        paddingBefore = Shape(Array(repeating: padding, count: dimensions))
        paddingAfter = paddingBefore
        dilations = Shape(Array(repeating: dilation, count: dimensions))
        self.groups = groups
    }

    /// The output shape `[batch, outputs, spatial…]` for inputs `[batch, inputs, spatial…]` and weights `[outputs,
    /// inputs / groups, taps…]`.
    public func output(for input: Shape, weights: Shape) -> Shape {
        let dimensions = strides.rank
        require(
            input.rank == dimensions + 2 && weights.rank == input.rank
                && weights[1] * groups == input[1]
                && weights[0] % groups == 0,
            "a convolution in \(dimensions) dimensions and \(groups) groups of inputs \(input) cannot have weights \(weights)"
        )
        var result = [input[0], weights[0]]
        for d in 0..<dimensions {
            let reach = (weights[d + 2] - 1) * dilations[d] + 1
            let room = input[d + 2] + paddingBefore[d] + paddingAfter[d] - reach
            require(room >= 0, "weights \(weights) reach beyond inputs \(input)")
            result.append(room / strides[d] + 1)
        }
        return Shape(result)
    }

    /// The input shape that a transposed convolution makes of `output`, which is the smallest that this geometry maps
    /// to it.
    public func input(for output: Shape, weights: Shape) -> Shape {
        require(
            output.rank == strides.rank + 2 && weights.rank == output.rank
                && output[1] == weights[0],
            "a transposed convolution in \(strides.rank) dimensions of \(output) cannot have weights \(weights)"
        )
        let spatial = strides.indices.map { d in
            (output[d + 2] - 1) * strides[d] + (weights[d + 2] - 1) * dilations[d] + 1
                - paddingBefore[d] - paddingAfter[d]
        }
        return Shape([output[0], weights[1] * groups] + spatial)
    }
}

extension KernelLibrary {
    func convolution(_ input: NDArray, _ weights: NDArray, _ geometry: ConvolutionGeometry)
        -> NDArray
    {
        let outputShape = geometry.output(for: input.shape, weights: weights.shape)
        guard outputShape.elementCount > 0 else { return NDArray(uninitialized: outputShape) }
        let key = PrimitiveKey(
            operation: .convolution, first: input.shape, second: weights.shape, geometry: geometry)
        if let winograd = WinogradConvolution(input.shape, weights.shape, geometry) {
            return winograd.convolution(input, weights, key)
        }
        if let thin = ThinConvolution(input.shape, weights.shape, geometry) {
            return thin.convolution(input, weights)
        }
        let primitive = convolutionPrimitive(key, output: outputShape)
        let output = Lane.current.pool.storage(count: primitive.layouts[2].count)
        let source = input.in(.preferred(for: input.shape))
        run(
            primitive, packed(source, for: primitive, 0, key),
            packed(grouped(weights, geometry), for: primitive, 1, key), output)
        return unpacked(output, from: primitive, 2, key, shape: outputShape)
    }

    /// The gradient of a convolution for its inputs, which is also the transposed convolution.
    func convolutionDataGradient(
        _ upstream: NDArray, _ weights: NDArray, _ geometry: ConvolutionGeometry, input: Shape
    ) -> NDArray {
        let outputShape = geometry.output(for: input, weights: weights.shape)
        require(
            upstream.shape == outputShape,
            "weights \(weights.shape) bring \(input) to \(outputShape), not to \(upstream.shape)")
        guard input.elementCount > 0 else { return NDArray(uninitialized: input) }
        let key = PrimitiveKey(
            operation: .convolutionDataGradient, first: input, second: weights.shape,
            geometry: geometry)
        if let winograd = WinogradConvolution(input, weights.shape, geometry) {
            return winograd.dataGradient(upstream, weights, key)
        }
        if let thin = ThinConvolution(input, weights.shape, geometry) {
            return thin.dataGradient(upstream, weights)
        }
        let primitive = convolutionPrimitive(key, output: outputShape)
        let result = Lane.current.pool.storage(count: primitive.layouts[0].count)
        let source = upstream.in(.preferred(for: upstream.shape))
        run(
            primitive, result, packed(grouped(weights, geometry), for: primitive, 1, key),
            packed(source, for: primitive, 2, key))
        return unpacked(result, from: primitive, 0, key, shape: input)
    }

    func convolutionWeightGradient(
        _ input: NDArray, _ upstream: NDArray, _ geometry: ConvolutionGeometry, weights: Shape
    ) -> NDArray {
        let outputShape = geometry.output(for: input.shape, weights: weights)
        require(
            upstream.shape == outputShape,
            "weights \(weights) bring \(input.shape) to \(outputShape), not to \(upstream.shape)")
        guard upstream.count > 0 else { return NDArray(repeating: 0, shape: weights) }
        if let winograd = WinogradConvolution(input.shape, weights, geometry) {
            return winograd.weightGradient(input, upstream)
        }
        if let thin = ThinConvolution(input.shape, weights, geometry) {
            return thin.weightGradient(input, upstream)
        }
        let key = PrimitiveKey(
            operation: .convolutionWeightGradient, first: input.shape, second: weights,
            geometry: geometry)
        let primitive = convolutionPrimitive(key, output: outputShape)
        let result = Lane.current.pool.storage(count: primitive.layouts[1].count)
        let source = input.in(.preferred(for: input.shape))
        let gradient = upstream.in(.preferred(for: upstream.shape))
        run(
            primitive, packed(source, for: primitive, 0, key), result,
            packed(gradient, for: primitive, 2, key))
        let shape = groupedShape(weights, geometry)
        return unpackedPlain(result, from: primitive, 1, key, shape: shape).reshaped(to: weights)
    }

    private func convolutionPrimitive(_ key: PrimitiveKey, output: Shape) -> Primitive {
        primitive(key) {
            guard let geometry = key.geometry else {
                preconditionFailure("a convolution without geometry")
            }
            let weights = groupedShape(key.second, geometry)
            let direction: dnnl_prop_kind_t
            let arguments: [Int32]
            switch key.operation {
            case .convolutionDataGradient:
                direction = dnnl_backward_data
                arguments = [DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST]
            case .convolutionWeightGradient:
                direction = dnnl_backward_weights
                arguments = [DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST]
            default:
                direction = dnnl_forward_training
                arguments = [DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST]
            }
            // Thin images are read in row order. Where they, or their gradients, are written, the library's fast
            // kernels need padded blocks. Where an instruction set has no kernel for blocks, the library silently uses
            // a reference loop; there, row order with a matrix product inside is a hundred times faster.
            let block = Layout.blocked(Layout.channelBlock)
            let input = direction == dnnl_backward_data ? block : Layout.preferred(for: key.first)
            let candidates = [(input, block), (.plain, .plain)].lazy.map {
                inputLayout, outputLayout in
                let layouts = (
                    PackedLayout(key.first, inputLayout),
                    PackedLayout(weights, dnnl_format_tag_any),
                    PackedLayout(output, outputLayout)
                )
                return withExtendedLifetime(layouts) {
                    let description = onednn_convolution(
                        direction: direction, input: layouts.0.handle,
                        weights: layouts.1.handle, output: layouts.2.handle, strides: nil,
                        dilations: nil, padding_low: nil, padding_high: nil)
                    return Primitive(
                        self.create(description, geometry), arguments: arguments, for: key)
                }
            }
            return candidates.first { !$0.implementation.hasPrefix("ref") } ?? candidates[0]
        }
    }

    private func create(_ description: onednn_convolution, _ geometry: ConvolutionGeometry)
        -> dnnl_primitive_desc_t?
    {
        var description = description
        let numbers = [
            Array(geometry.strides), geometry.dilations.map { $0 - 1 },
            Array(geometry.paddingBefore),
            Array(geometry.paddingAfter),
        ].flatMap { $0 }.map(Int64.init)
        let rank = geometry.strides.rank
        return numbers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            description.strides = base
            description.dilations = base + rank
            description.padding_low = base + 2 * rank
            description.padding_high = base + 3 * rank
            return onednn_convolution_create(Self.engine, description)
        }
    }

    private func groupedShape(_ weights: Shape, _ geometry: ConvolutionGeometry) -> Shape {
        guard geometry.groups > 1 else { return weights }
        return Shape([geometry.groups, weights[0] / geometry.groups] + Array(weights.dropFirst()))
    }

    /// oneDNN gives groups a dimension of their own.
    private func grouped(_ weights: NDArray, _ geometry: ConvolutionGeometry) -> NDArray {
        geometry.groups > 1
            ? NDArray(weights.in(.plain), as: groupedShape(weights.shape, geometry)) : weights
    }
}

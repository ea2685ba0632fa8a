internal import CKernels

// Images are `[batch, channels, spatial…]`. Enlarging and reducing are adjoints of each other.
extension Tensor {
    /// The mean of each window of `factor` steps in each spatial dimension; windows do not overlap.
    public func averagePooled(by factor: Int) -> Tensor {
        require(
            shape.rank > 2 && factor > 0 && shape.dropFirst(2).allSatisfy { $0 % factor == 0 },
            "\(shape) is not made of windows of \(factor)")
        let share = (2..<shape.rank).reduce(Float(1)) { scale, _ in scale / Float(factor) }
        return resized(.init(factor: factor, scale: share, isReduction: true))
    }

    /// Every pixel repeated `factor` times in each spatial dimension.
    public func upsampledNearest(by factor: Int) -> Tensor {
        require(shape.rank > 2 && factor > 0, "\(shape) cannot be enlarged by \(factor)")
        return resized(.init(factor: factor))
    }

    /// Twice as many pixels in each spatial dimension, interpolated linearly between their centres.
    public func upsampledBilinear() -> Tensor {
        require(shape.rank > 2, "\(shape) has no pixels")
        return resized(.init(factor: 2, isLinear: true))
    }

    /// Images `[batch, channels, height, width]` with other rows and columns, each a weighted sum of the old ones.
    ///
    /// - Parameters:
    ///   - rows: `[new height, height]`.
    ///   - columns: `[new width, width]`.
    public func mixed(rows: Tensor, columns: Tensor) -> Tensor {
        require(
            shape.rank == 4 && rows.shape.rank == 2 && columns.shape.rank == 2
                && rows.shape[1] == shape[2] && columns.shape[1] == shape[3],
            "\(shape) does not have the rows of \(rows.shape) and the columns of \(columns.shape)")
        let planes = shape[0] * shape[1]
        let (height, width) = (rows.shape[0], columns.shape[0])
        return reshaped(to: [planes * shape[2], shape[3]])
            .matrixProduct(with: columns, transposingOther: true)
            .reshaped(to: [planes, shape[2], width]).permuted([0, 2, 1])
            .reshaped(to: [planes * width, shape[2]])
            .matrixProduct(with: rows, transposingOther: true)
            .reshaped(to: [planes, width, height]).permuted([0, 2, 1])
            .reshaped(to: [shape[0], shape[1], height, width])
    }

    /// Images `[batch, channels, height, width]` brought to another size, interpolated linearly between the centres of
    /// pixels.
    ///
    /// If an image becomes smaller, pixels for which it has no room are left out, not averaged.
    public func resampledBilinear(height: Int, width: Int) -> Tensor {
        require(
            shape.rank == 4 && shape.elementCount > 0 && height > 0 && width > 0,
            "\(shape) cannot be brought to \(height) x \(width) pixels")
        if [height, width] == Array(shape.dropFirst(2)) { return self }
        return mixed(
            rows: .interpolation(from: shape[2], to: height),
            columns: .interpolation(from: shape[3], to: width))
    }

    /// Images `[batch, channels, height, width]` brought to another size by cubic convolution (Keys, 1981; a = -1/2).
    ///
    /// Where images become smaller, the kernel is widened so that no pixel is left out.
    public func resampledBicubic(height: Int, width: Int) -> Tensor {
        require(
            shape.rank == 4 && shape.elementCount > 0 && height > 0 && width > 0,
            "\(shape) cannot be brought to \(height) x \(width) pixels")
        return mixed(
            rows: .cubic(from: shape[2], to: height), columns: .cubic(from: shape[3], to: width))
    }

    /// The weights of the old pixels of a line in each new one, `[new, old]`; pixels beyond the ends are left out.
    private static func cubic(from old: Int, to new: Int) -> Tensor {
        func kernel(_ distance: Double) -> Double {
            let x = abs(distance)
            if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
            return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
        }
        let step = Double(old) / Double(new)
        let scale = max(1, step)
        var weights = [Float](repeating: 0, count: new * old)
        for pixel in 0..<new {
            let centre = (Double(pixel) + 0.5) * step - 0.5
            let first = max(0, Int((centre - 2 * scale).rounded(.up)))
            let last = min(old - 1, Int((centre + 2 * scale).rounded(.down)))
            let values = (first...last).map { kernel((Double($0) - centre) / scale) }
            let sum = values.reduce(0, +)
            for (place, value) in zip(first...last, values) {
                weights[pixel * old + place] = Float(value / sum)
            }
        }
        return Tensor(weights, shape: [new, old])
    }

    /// The weights of the old pixels of a line in each new one, `[new, old]`.
    ///
    /// Beyond the outermost centres, the outermost values are repeated.
    private static func interpolation(from old: Int, to new: Int) -> Tensor {
        var weights = [Float](repeating: 0, count: new * old)
        for pixel in 0..<new {
            let centre = (Double(pixel) + 0.5) * Double(old) / Double(new) - 0.5
            let place = min(max(centre, 0), Double(old - 1))
            let before = Int(place)
            let share = Float(place - Double(before))
            weights[pixel * old + before] += 1 - share
            weights[pixel * old + min(before + 1, old - 1)] += share
        }
        return Tensor(weights, shape: [new, old])
    }

    /// Moves channels to pixels (Shi et al., 2016): from `[batch, channels · factor², height, width]` to `[batch,
    /// channels, height · factor, width · factor]`.
    public func pixelShuffled(by factor: Int) -> Tensor {
        require(
            shape.rank == 4 && factor > 0 && shape[1] % (factor * factor) == 0,
            "\(shape) has no \(factor) x \(factor) pixels in its channels")
        let channels = shape[1] / (factor * factor)
        return reshaped(to: [shape[0], channels, factor, factor, shape[2], shape[3]])
            .permuted([0, 1, 4, 2, 5, 3])
            .reshaped(to: [shape[0], channels, shape[2] * factor, shape[3] * factor])
    }

    private func resized(_ resizing: Resizing) -> Tensor {
        recording("resize", value.resized(resizing), (self, { $0.resized(resizing.adjoint) }))
    }
}

/// How small images become large ones (pixels are repeated or interpolated), or the adjoint of that.
private struct Resizing {
    var factor: Int
    var scale: Float = 1
    var isLinear = false
    var isReduction = false

    var adjoint: Resizing {
        var result = self
        result.isReduction.toggle()
        return result
    }

    func extent(_ extent: Int) -> Int { isReduction ? extent / factor : extent * factor }
}

extension NDArray {
    fileprivate func resized(_ resizing: Resizing) -> NDArray {
        let spatial = Array(shape.dropFirst(2))
        let blocks = layout.block
        let planes = shape[0] * shape[1] / blocks
        // The last two dimensions are an image. Each dimension before them is resampled in turn, as images of one
        // column.
        let columns = spatial.last ?? 1
        let rows = spatial.count > 1 ? spatial[spatial.count - 2] : 1
        let before = spatial.dropLast(2)
        var current = resized(
            resizing, planes: planes * before.reduce(1, *), rows: rows, columns: columns,
            width: blocks, rowFactor: spatial.count > 1 ? resizing.factor : 1)
        var done = resizing.extent(columns) * (spatial.count > 1 ? resizing.extent(rows) : 1)
        var rest = resizing
        rest.scale = 1
        for (index, extent) in before.enumerated().reversed() {
            current = current.resized(
                rest, planes: planes * before.prefix(index).reduce(1, *), rows: extent, columns: 1,
                width: done * blocks, rowFactor: rest.factor, columnFactor: 1)
            done *= rest.extent(extent)
        }
        return NDArray(
            shape: Shape([shape[0], shape[1]] + spatial.map(resizing.extent)), layout: layout,
            storage: current.storage)
    }

    /// Makes one kernel call on memory that is seen as images; the result's shape is flat.
    private func resized(
        _ resizing: Resizing, planes: Int, rows: Int, columns: Int, width: Int, rowFactor: Int,
        columnFactor: Int? = nil
    ) -> NDArray {
        let columnFactor = columnFactor ?? resizing.factor
        let shrink = resizing.isReduction
        var images = KernelImages(
            planes: Int64(planes), rows: Int64(shrink ? rows / rowFactor : rows),
            columns: Int64(shrink ? columns / columnFactor : columns), width: Int64(width),
            rowFactor: Int64(rowFactor), columnFactor: Int64(columnFactor))
        let large = Int(images.columns) * columnFactor * width
        let count =
            planes * Int(images.rows) * Int(images.columns) * width
            * (shrink ? 1 : rowFactor * columnFactor)
        let result = NDArray(uninitialized: [count])
        let line = NDArray(uninitialized: [large])
        withExtendedLifetime((self, result, line)) {
            (shrink ? kernel_reduce : kernel_enlarge)(
                &images, resizing.isLinear ? 1 : 0, resizing.scale, result.pointer, line.pointer,
                pointer)
        }
        return result
    }
}

internal import CKernels

/// Convolutions by Winograd's minimal filtering (Lavin & Gray, 2016): transforms around one batched matrix product.
///
/// A convolution of stride 1 with 3 x 3 taps becomes F(4, 3). One of stride 2 with 4 x 4 taps is the sum of four
/// of stride 1 with 2 x 2 taps, over the even and odd rows and columns of its input (its phases), and becomes F(4, 2),
/// or F(2, 2) where images are small. Both need padding 1. The error is a few units in 10⁶ of the largest result.
struct WinogradConvolution {
    private let input: Shape
    private let weights: Shape
    private let output: Shape
    private let stride: Int
    /// Results and taps of a tile in one dimension.
    private let outputs: Int
    private let taps: Int

    /// Nil for shapes that the library's direct kernels serve better, or that do not fit the method.
    init?(_ input: Shape, _ weights: Shape, _ geometry: ConvolutionGeometry) {
        let stride = geometry.strides[0]
        let kernel = stride == 2 ? 4 : 3
        guard geometry == ConvolutionGeometry(stride: stride, padding: 1), stride <= 2,
            input.rank == 4, weights[2] == kernel, weights[3] == kernel,
            input[1] % 16 == 0, weights[0] % 16 == 0, min(input[1], weights[0]) >= 32,
            input[2] % stride == 0, input[3] % stride == 0, min(input[2], input[3]) >= 4
        else { return nil }
        self.input = input
        self.weights = weights
        self.stride = stride
        output = geometry.output(for: input, weights: weights)
        taps = stride == 2 ? 2 : 3
        outputs = stride == 2 && output[2] <= 4 ? 2 : 4
    }

    func convolution(_ x: NDArray, _ w: NDArray, _ key: PrimitiveKey) -> NDArray {
        let x = x.in(.blocked(Layout.channelBlock))
        let filters = transformed(w, key, columns: [1, 0])
        let result = NDArray(uninitialized: output, layout: .blocked(Layout.channelBlock))
        let depth = phases * input[1]
        eachBlock(floats: frequencies * tiles * depth) { images in
            let v = NDArray(uninitialized: [frequencies, images.count * tiles, depth])
            transformInput(x, images, v)
            let m = Lane.current.kernels.matrixProduct(
                v, filters, transposeLeft: false, transposeRight: false)
            var cut = self.cut(output, images, stride: 1, row: 0, column: 0, m.shape)
            withExtendedLifetime((result, m)) {
                kernel_winograd_output(&cut, part(result, images), m.pointer)
            }
        }
        return result
    }

    func dataGradient(_ upstream: NDArray, _ w: NDArray, _ key: PrimitiveKey) -> NDArray {
        let upstream = upstream.in(.blocked(Layout.channelBlock))
        let filters = transformed(w, key, columns: [0, 1])
        let result = NDArray(uninitialized: input, layout: .blocked(Layout.channelBlock))
        eachBlock(floats: phases * frequencies * tiles * output[1]) { images in
            let rows = images.count * tiles
            let v = NDArray(uninitialized: [phases * frequencies, rows, output[1]])
            eachPhase { phase, row, column in
                var cut = self.cut(
                    output, images, stride: 1, row: stride == 2 ? -row : -1,
                    column: stride == 2 ? -column : -1, v.shape)
                kernel_winograd_input(
                    &cut, v.pointer + phase * frequencies * rows * output[1],
                    part(upstream, images))
            }
            let m = Lane.current.kernels.matrixProduct(
                v, filters, transposeLeft: false, transposeRight: false)
            eachPhase { phase, row, column in
                var cut = self.cut(
                    input, images, stride: stride, row: (stride - 1) * (1 - row),
                    column: (stride - 1) * (1 - column), m.shape)
                kernel_winograd_output(
                    &cut, part(result, images), m.pointer + phase * frequencies * rows * input[1])
            }
            withExtendedLifetime((upstream, v, m, result)) {}
        }
        return result
    }

    func weightGradient(_ x: NDArray, _ upstream: NDArray) -> NDArray {
        let x = x.in(.blocked(Layout.channelBlock))
        let upstream = upstream.in(.blocked(Layout.channelBlock))
        let depth = phases * input[1]
        var sum: NDArray?
        eachBlock(floats: frequencies * tiles * (depth + output[1])) { images in
            let rows = images.count * tiles
            let v = NDArray(uninitialized: [frequencies, rows, depth])
            transformInput(x, images, v)
            let m = NDArray(uninitialized: [frequencies, rows, output[1]])
            var cut = self.cut(output, images, stride: 1, row: 0, column: 0, m.shape)
            kernel_winograd_output_adjoint(&cut, m.pointer, part(upstream, images))
            let product = Lane.current.kernels.matrixProduct(
                v, m, transposeLeft: true, transposeRight: false)
            if let sum {
                kernel_add(sum.count, sum.pointer, sum.pointer, product.pointer)
            } else {
                sum = product
            }
            withExtendedLifetime((x, upstream, v, m, product, sum)) {}
        }
        guard let sum else { return NDArray(repeating: 0, shape: weights) }
        // Taps outermost, then inputs, then outputs; then into the order of weights.
        let gradient = NDArray(
            uninitialized: [weights[2], weights[3], input[1], output[1]])
        let plane = input[1] * output[1]
        eachPhase { phase, row, column in
            kernel_winograd_weights_adjoint(
                Int32(outputs), Int32(taps), plane, phases * plane, sum.pointer + phase * plane,
                tapOffsets(row, column, isFlipped: false, plane), gradient.pointer)
        }
        withExtendedLifetime(sum) {}
        return Lane.current.kernels.transposed(gradient, order: [3, 2, 0, 1])
    }

    // MARK: Parts

    private var phases: Int { stride * stride }
    private var frequencies: Int { (outputs + taps - 1) * (outputs + taps - 1) }
    private var tilesHigh: Int { (output[2] + outputs - 1) / outputs }
    private var tilesWide: Int { (output[3] + outputs - 1) / outputs }
    /// The tiles of an image.
    private var tiles: Int { tilesHigh * tilesWide }

    private func eachPhase(_ body: (_ phase: Int, _ row: Int, _ column: Int) -> Void) {
        for phase in 0..<phases { body(phase, phase / stride, phase % stride) }
    }

    /// Equal blocks of images, as many in each as the second-level cache and its neighbour can serve.
    private func eachBlock(floats perImage: Int, _ body: (Range<Int>) -> Void) {
        let most = max(1, Self.blockFloats / perImage)
        let size = (1...min(most, input[0])).last { input[0] % $0 == 0 } ?? 1
        for first in Swift.stride(from: 0, to: input[0], by: size) { body(first..<(first + size)) }
    }

    /// 5 MB: found by trial on processors with 1 MB of second-level cache.
    private static let blockFloats = 5 << 18

    private func transformInput(_ x: NDArray, _ images: Range<Int>, _ v: NDArray) {
        eachPhase { phase, row, column in
            var cut = self.cut(
                input, images, stride: stride, row: row - 1, column: column - 1, v.shape)
            kernel_winograd_input(&cut, v.pointer + phase * input[1], part(x, images))
        }
    }

    private func part(_ array: NDArray, _ images: Range<Int>) -> UnsafeMutablePointer<Float> {
        array.pointer + images.lowerBound * array.shape.dropFirst().elementCount
    }

    private func cut(
        _ image: Shape, _ images: Range<Int>, stride: Int, row: Int, column: Int, _ matrices: Shape
    ) -> KernelTiles {
        KernelTiles(
            outputs: Int32(outputs), taps: Int32(taps), images: Int64(images.count),
            channels: Int64(image[1]), rows: Int64(image[2]), columns: Int64(image[3]),
            width: Int64(Layout.channelBlock),
            tilesHigh: Int64(tilesHigh), tilesWide: Int64(tilesWide), stride: Int64(stride),
            row: Int64(row), column: Int64(column),
            frequencyStride: Int64(matrices[1] * matrices[2]), tileStride: Int64(matrices[2]))
    }

    /// The weights' frequencies as matrices: `columns` names the weights' dimensions that become rows and columns.
    ///
    /// A convolution stacks its phases in one matrix's rows; its data gradient keeps a matrix for each.
    private func transformed(_ w: NDArray, _ key: PrimitiveKey, columns: [Int]) -> NDArray {
        let isGradient = columns == [0, 1]
        let shape: Shape =
            isGradient
            ? [phases * frequencies, output[1], input[1]]
            : [frequencies, phases * input[1], output[1]]
        let make = {
            let ordered = Lane.current.kernels.transposed(w, order: [2, 3] + columns)
            let result = NDArray(uninitialized: shape)
            let plane = input[1] * output[1]
            eachPhase { phase, row, column in
                kernel_winograd_weights(
                    Int32(outputs), Int32(taps), plane, isGradient ? plane : phases * plane,
                    result.pointer + phase * plane * (isGradient ? frequencies : 1),
                    tapOffsets(row, column, isFlipped: isGradient, plane), ordered.pointer)
            }
            withExtendedLifetime(ordered) {}
            return result.storage
        }
        return NDArray(shape: shape, storage: w.packedCopies?.copy(for: key, make: make) ?? make())
    }

    /// Where the taps of one phase begin: all of them for stride 1, every second one for stride 2.
    private func tapOffsets(_ row: Int, _ column: Int, isFlipped: Bool, _ plane: Int) -> [Int64] {
        let steps = isFlipped ? Array((0..<taps).reversed()) : Array(0..<taps)
        return steps.flatMap { i in
            steps.map { j in
                Int64(((i * stride + row) * weights[3] + j * stride + column) * plane)
            }
        }
    }
}

internal import CKernels

/// Convolutions by Winograd's minimal filtering (Lavin & Gray, 2016): transforms around one batched matrix product.
///
/// A convolution of stride 1 with 3 x 3 taps becomes F(4, 3). One of stride 2 with 4 x 4 taps is the sum of four
/// convolutions of stride 1 with 2 x 2 taps, over the even and odd rows and columns of its input (its phases). It
/// becomes F(4, 2), or F(2, 2) if images are small; tiles at an edge that need only three results are F(3, 2). All need
/// padding 1. The error is a few millionths of the largest result. With bfloat16 the tiles are F(2, 3) and F(2, 2).
struct WinogradConvolution {
    private let input: Shape
    private let weights: Shape
    private let output: Shape
    private let stride: Int
    private let precision = Lane.current.precision
    /// The results and taps of a tile in one dimension.
    private let outputs: Int
    private let taps: Int

    /// Returns nil for shapes that the library's direct kernels serve better, or that do not fit the method.
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
        // Larger tiles multiply less, but their transforms magnify rounding errors too much for bfloat16.
        outputs = precision == .bfloat16 || (stride == 2 && output[2] <= 4) ? 2 : 4
    }

    func convolution(_ x: NDArray, _ w: NDArray, _ key: PrimitiveKey) -> NDArray {
        let x = x.in(.blocked(Layout.channelBlock))
        let depth = phases * input[1]
        let filters = Filters(
            w, self, key, count: frequencies, rows: depth, columns: output[1],
            apart: weights.dropFirst().elementCount, transform: kernel_winograd_weights)
        let result = NDArray(uninitialized: output, layout: .blocked(Layout.channelBlock))
        eachBlock(floats: frequencies * tiles * (depth + output[1]), filters) { images in
            let rows = images.count * tiles
            let v = matrices(frequencies, rows, depth, leftFormat)
            transformInput(x, images, v, leftFormat)
            let m = matrices(frequencies, rows, output[1])
            let product = PanelProduct(
                precision, rows: rows, inner: depth, columns: output[1])
            filters.eachPart { filters, columns in
                multiply(product.of(columns: columns), v, filters, into: m, images.count)
            }
            var cut = cut(output, images, stride: 1, row: 0, column: 0)
            withExtendedLifetime((x, v, result, m)) {
                kernel_winograd_output(&cut, part(result, images), m.pointer)
            }
        }
        return result
    }

    func dataGradient(_ upstream: NDArray, _ w: NDArray, _ key: PrimitiveKey) -> NDArray {
        let upstream = upstream.in(.blocked(Layout.channelBlock))
        let filters = Filters(
            w, self, key, count: phases * frequencies, rows: output[1], columns: input[1],
            apart: weights.dropFirst(2).elementCount, transform: kernel_winograd_flipped_weights)
        let result = NDArray(uninitialized: input, layout: .blocked(Layout.channelBlock))
        let perImage = phases * frequencies * tiles * (input[1] + output[1])
        eachBlock(floats: perImage, filters) { images in
            let rows = images.count * tiles
            let v = matrices(phases * frequencies, rows, output[1], leftFormat)
            eachPhase { phase, row, column in
                var cut = cut(
                    output, images, stride: 1, row: stride == 2 ? -row : -1,
                    column: stride == 2 ? -column : -1, format: leftFormat)
                kernel_winograd_input(
                    &cut,
                    start(
                        v, phase * frequencies * PanelProduct.stride(rows, output[1]), leftFormat),
                    part(upstream, images))
            }
            let m = matrices(phases * frequencies, rows, input[1])
            let product = PanelProduct(
                precision, rows: rows, inner: output[1],
                columns: input[1])
            filters.eachPart { filters, columns in
                multiply(
                    product.of(columns: columns), v, filters, into: m, images.count,
                    phases: phases)
            }
            eachPhase { phase, row, column in
                var cut = cut(
                    input, images, stride: stride, row: (stride - 1) * (1 - row),
                    column: (stride - 1) * (1 - column))
                kernel_winograd_output(
                    &cut, part(result, images),
                    m.pointer + phase * frequencies * PanelProduct.stride(rows, input[1]))
            }
            withExtendedLifetime((upstream, v, m, result)) {}
        }
        return result
    }

    func weightGradient(_ x: NDArray, _ upstream: NDArray) -> NDArray {
        let x = x.in(.blocked(Layout.channelBlock))
        let upstream = upstream.in(.blocked(Layout.channelBlock))
        let depth = phases * input[1]
        let sum = matrices(frequencies, depth, output[1])
        eachBlock(floats: frequencies * tiles * (depth + output[1])) { images in
            let rows = images.count * tiles
            let v = matrices(frequencies, rows, depth, rightFormat)
            transformInput(x, images, v, rightFormat)
            let m = matrices(frequencies, rows, output[1], rightFormat)
            var cut = cut(output, images, stride: 1, row: 0, column: 0, format: rightFormat)
            kernel_winograd_output_adjoint(&cut, m.pointer, part(upstream, images))
            let product = PanelProduct(
                precision, rows: depth, inner: rows, columns: output[1],
                isLeftTransposed: true, accumulates: images.lowerBound > 0)
            multiply(product, v, m, into: sum, images.count)
            withExtendedLifetime((x, upstream, v, m)) {}
        }
        let gradient = NDArray(uninitialized: weights)
        var filters = filters(rows: depth, columns: output[1])
        withExtendedLifetime((sum, gradient)) {
            kernel_winograd_weights_adjoint(&filters, gradient.pointer, sum.pointer)
        }
        return gradient
    }

    // MARK: Parts

    private var phases: Int { stride * stride }
    private var frequencies: Int { (outputs + taps - 1) * (outputs + taps - 1) }
    private var tilesHigh: Int { (output[2] + outputs - 1) / outputs }
    private var tilesWide: Int { (output[3] + outputs - 1) / outputs }
    /// The number of tiles of an image.
    private var tiles: Int { tilesHigh * tilesWide }

    /// Whether the last row or column of tiles gives one result less in that direction, as F(3, 2) does.
    private var isLow: Bool { isShort(output[2], tilesHigh) }
    private var isNarrow: Bool { isShort(output[3], tilesWide) }
    /// A single tile is never short, because the fourth point's matrices would have no rows.
    private func isShort(_ results: Int, _ tiles: Int) -> Bool {
        taps == 2 && outputs == 4 && results % 4 == 3 && tiles > 1
    }

    /// The number of tiles of an image that have this frequency.
    private func tiles(at frequency: Int) -> Int {
        let points = outputs + taps - 1
        let (row, column) = (frequency / points, frequency % points)
        return (tilesHigh - (isLow && row == 3 ? 1 : 0))
            * (tilesWide - (isNarrow && column == 3 ? 1 : 0))
    }

    /// Multiplies the matrices of all frequencies, with no more rows than there are tiles.
    private func multiply(
        _ product: PanelProduct, _ left: Storage, _ right: Storage, into output: Storage,
        _ images: Int, phases: Int = 1
    ) {
        var first = 0
        while first < phases * frequencies {
            let tiles = tiles(at: first % frequencies)
            let end = (first..<phases * frequencies).first {
                self.tiles(at: $0 % frequencies) != tiles
            }
            let matrices = first..<(end ?? phases * frequencies)
            product.multiply(left, right, into: output, matrices: matrices, rows: images * tiles)
            first = matrices.upperBound
        }
    }

    private func eachPhase(_ body: (_ phase: Int, _ row: Int, _ column: Int) -> Void) {
        for phase in 0..<phases { body(phase, phase / stride, phase % stride) }
    }

    /// Calls `body` with equal blocks of images, each as large as the second-level cache and the next one can serve.
    private func eachBlock(
        floats perImage: Int, _ filters: Filters? = nil, _ body: (Range<Int>) -> Void
    ) {
        // Filters that are made in parts would be made again for each block.
        if filters?.isWhole == false { return body(0..<input[0]) }
        // Weights that are larger than a block are read again for each block, so there should be fewer blocks.
        let numbers = phases * frequencies * weights[0] * weights[1]
        let most = max(1, max(Self.blockFloats, numbers / 4) / perImage)
        let size = (1...min(most, input[0])).last { input[0] % $0 == 0 } ?? 1
        for first in Swift.stride(from: 0, to: input[0], by: size) { body(first..<(first + size)) }
    }

    /// This is 5 MB, which was found by trial on processors with 1 MB of second-level cache.
    ///
    /// Blocks of another size would change the bits of bfloat16 gradients where AMX sums them.
    private static let blockFloats = 5 << 18

    private func matrices(
        _ count: Int, _ rows: Int, _ columns: Int, _ format: PanelFormat = .float32
    ) -> Storage {
        let numbers = count * PanelProduct.stride(format.height(rows), columns)
        return Lane.current.pool.storage(count: format.floats(numbers))
    }

    /// The format of left operands; right operands and transposed left ones have ``rightFormat``.
    private var leftFormat: PanelFormat { precision == .bfloat16 ? .rows : .float32 }
    private var rightFormat: PanelFormat { precision == .bfloat16 ? .pairs : .float32 }

    private func start(_ storage: Storage, _ number: Int, _ format: PanelFormat)
        -> UnsafeMutableRawPointer
    {
        UnsafeMutableRawPointer(storage.pointer) + number * format.bytes
    }

    private func transformInput(
        _ x: NDArray, _ images: Range<Int>, _ v: Storage, _ format: PanelFormat
    ) {
        let panels = format.height(images.count * tiles) * input[1]
        eachPhase { phase, row, column in
            var cut = cut(
                input, images, stride: stride, row: row - 1, column: column - 1, phases: phases,
                format: format)
            kernel_winograd_input(&cut, start(v, phase * panels, format), part(x, images))
        }
    }

    private func part(_ array: NDArray, _ images: Range<Int>) -> UnsafeMutablePointer<Float> {
        array.pointer + images.lowerBound * array.shape.dropFirst().elementCount
    }

    /// - Parameter phases: How many phases share the matrix of a frequency.
    private func cut(
        _ image: Shape, _ images: Range<Int>, stride: Int, row: Int, column: Int, phases: Int = 1,
        format: PanelFormat = .float32
    ) -> KernelTiles {
        let rows = format.height(images.count * tiles)
        return KernelTiles(
            format: format.kernel, outputs: Int32(outputs), taps: Int32(taps),
            images: Int64(images.count),
            channels: Int64(image[1]), rows: Int64(image[2]), columns: Int64(image[3]),
            width: Int64(Layout.channelBlock),
            tilesHigh: Int64(tilesHigh), tilesWide: Int64(tilesWide), isLow: isLow ? 1 : 0,
            isNarrow: isNarrow ? 1 : 0, stride: Int64(stride),
            row: Int64(row), column: Int64(column),
            frequencyStride: Int64(PanelProduct.stride(rows, phases * image[1])),
            panelStride: Int64(16 * rows))
    }

    /// All columns of the filters, whose matrices (one for each frequency) have the given rows and columns.
    private func filters(rows: Int, columns: Int) -> KernelFilters {
        KernelFilters(
            format: rightFormat.kernel, tileOutputs: Int32(outputs), taps: Int32(taps),
            outputs: Int64(weights[0]), inputs: Int64(weights[1]), firstColumn: 0,
            columns: Int64(columns), frequencyStride: Int64(PanelProduct.stride(rows, columns)))
    }
}

extension WinogradConvolution {
    /// The weights' frequencies as matrices.
    ///
    /// They are kept as long as the weights are. If they are larger than the copies that are kept of these weights,
    /// they are made part by part for each use.
    private struct Filters {
        private let weights: NDArray
        private let convolution: WinogradConvolution
        /// The number of matrices, and their extents.
        private let count: Int
        private let rows: Int
        private let columns: Int
        /// The distance in the weights from one column to the next.
        private let apart: Int
        private let transform: Transform
        private var whole: Storage?

        typealias Transform = (
            UnsafePointer<KernelFilters>, UnsafeMutableRawPointer, UnsafePointer<Float>
        ) -> Void

        /// The columns of a part, which are as many as fill the registers in which products are summed.
        private static let partColumns = 48

        init(
            _ weights: NDArray, _ convolution: WinogradConvolution, _ key: PrimitiveKey, count: Int,
            rows: Int, columns: Int, apart: Int, transform: @escaping Transform
        ) {
            self.weights = weights
            self.convolution = convolution
            self.count = count
            self.rows = rows
            self.columns = columns
            self.apart = apart
            self.transform = transform
            let floats = convolution.rightFormat.floats(count * PanelProduct.stride(rows, columns))
            guard let copies = weights.packedCopies else {
                let matrices = Lane.current.pool.storage(count: floats)
                fill(matrices, 0..<columns, of: columns)
                whole = matrices
                return
            }
            guard copies.keeps(floats) else { return }
            var key = key
            key.precision = convolution.precision
            whole = copies.copy(for: key, count: floats, parts: columns / 16) { target, part in
                fill(target, (16 * part)..<(16 * part + 16), of: columns)
            }
        }

        var isWhole: Bool { whole != nil }

        /// Calls `body` with the matrices of all columns, or with those of one part of the columns after another.
        func eachPart(_ body: (_ matrices: Storage, _ columns: Range<Int>) -> Void) {
            if let whole { return body(whole, 0..<columns) }
            for start in Swift.stride(from: 0, to: columns, by: Self.partColumns) {
                let part = start..<min(start + Self.partColumns, columns)
                let matrices = convolution.matrices(
                    count, rows, part.count, convolution.rightFormat)
                fill(matrices, 0..<part.count, of: part.count, from: part.lowerBound)
                body(matrices, part)
            }
        }

        /// Fills some columns of the matrices.
        ///
        /// - Parameters:
        ///   - all: How many columns the matrices have.
        ///   - first: The column of the weights that is the matrices' first column.
        private func fill(
            _ target: Storage, _ part: Range<Int>, of all: Int, from first: Int = 0
        ) {
            var filters = convolution.filters(rows: rows, columns: all)
            filters.firstColumn = Int64(part.lowerBound)
            filters.columns = Int64(part.count)
            withExtendedLifetime((weights, target)) {
                transform(&filters, target.pointer, weights.pointer + first * apart)
            }
        }
    }
}

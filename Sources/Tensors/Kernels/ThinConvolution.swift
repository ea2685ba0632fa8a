internal import CKernels

/// Convolutions of images with few channels, for which a vectorized direct kernel would fill its blocks with zeros.
///
/// The windows of one image after another become the rows of a matrix that is small enough to stay in the cache. The
/// rest is a matrix product that reads or writes the wide side in its blocks.
struct ThinConvolution {
    private let input: Shape
    private let weights: Shape
    private let output: Shape
    private let geometry: KernelWindows

    /// Returns nil for shapes that other kernels serve better, or that do not fit the method.
    init?(_ input: Shape, _ weights: Shape, _ geometry: ConvolutionGeometry) {
        guard input.rank == 4, input[1] <= 4, weights[0] % 16 == 0, weights[2] == weights[3],
            geometry
                == ConvolutionGeometry(
                    stride: geometry.strides[0], padding: geometry.paddingBefore[0]),
            Layout.channelBlock == 16
        else { return nil }
        self.input = input
        self.weights = weights
        output = geometry.output(for: input, weights: weights)
        self.geometry = KernelWindows(
            channels: Int64(input[1]), rows: Int64(input[2]), columns: Int64(input[3]),
            outputRows: Int64(output[2]), outputColumns: Int64(output[3]), side: Int64(weights[2]),
            stride: Int64(geometry.strides[0]), padding: Int64(geometry.paddingBefore[0]))
    }

    func convolution(_ x: NDArray, _ w: NDArray) -> NDArray {
        let x = x.in(.plain)
        let result = NDArray(uninitialized: output, layout: .blocked(16))
        let windows = NDArray(uninitialized: [pixels, taps])
        let filters = filters(w, isTransposed: true)
        var product = KernelProduct(windows: pixels, taps, outputs: weights[0])
        withExtendedLifetime((x, result, windows, filters)) {
            eachImage { image in
                gather(x, image, windows)
                kernel_product(
                    &product, part(result, image), windows.pointer, filters.pointer)
            }
        }
        return result
    }

    func dataGradient(_ upstream: NDArray, _ w: NDArray) -> NDArray {
        let upstream = upstream.in(.blocked(16))
        let result = NDArray(uninitialized: input)
        let windows = NDArray(uninitialized: [pixels, taps])
        let filters = filters(w, isTransposed: false)
        var product = KernelProduct(gradients: pixels, outputs: weights[0], taps)
        var geometry = geometry
        withExtendedLifetime((upstream, result, windows, filters)) {
            eachImage { image in
                kernel_product(
                    &product, windows.pointer, part(upstream, image), filters.pointer)
                kernel_scatter_windows(&geometry, part(result, image), windows.pointer)
            }
        }
        return result
    }

    func weightGradient(_ x: NDArray, _ upstream: NDArray) -> NDArray {
        let x = x.in(.plain)
        let upstream = upstream.in(.blocked(16))
        let sum = NDArray(uninitialized: [taps, weights[0]])
        let windows = NDArray(uninitialized: [pixels, taps])
        var product = KernelProduct(windowSums: taps, pixels, outputs: weights[0])
        withExtendedLifetime((x, upstream, sum, windows)) {
            eachImage { image in
                gather(x, image, windows)
                product.accumulates = image > 0 ? 1 : 0
                kernel_product(&product, sum.pointer, windows.pointer, part(upstream, image))
            }
        }
        return sum.permuted([1, 0]).reshaped(to: weights)
    }

    /// The weights as the right operand `[outputs, taps]`, or its transpose.
    private func filters(_ w: NDArray, isTransposed: Bool) -> Storage {
        NDArray(w, as: [weights[0], taps]).packed(.float32, isTransposed: isTransposed)
    }

    private var pixels: Int { output[2] * output[3] }
    private var taps: Int { weights.dropFirst().elementCount }

    private func eachImage(_ body: (Int) -> Void) { for image in 0..<input[0] { body(image) } }

    private func gather(_ x: NDArray, _ image: Int, _ windows: NDArray) {
        var geometry = geometry
        kernel_gather_windows(&geometry, windows.pointer, part(x, image))
    }

    private func part(_ array: NDArray, _ image: Int) -> UnsafeMutablePointer<Float> {
        array.pointer + image * array.shape.dropFirst().elementCount
    }
}

extension KernelProduct {
    /// A product of windows in rows and filters in columns, which gives an image in blocks of 16.
    fileprivate init(windows pixels: Int, _ taps: Int, outputs: Int) {
        self.init(rows: pixels, inner: taps, columns: outputs)
        setLeft(row: taps, step: 1)
        setRight(step: 16, panel: 16 * taps)
        setOutput(row: 16, panel: 16 * pixels)
    }

    /// A product of an image in blocks and filters in rows, which gives the gradients of the windows in rows.
    fileprivate init(gradients pixels: Int, outputs: Int, _ taps: Int) {
        self.init(rows: pixels, inner: outputs, columns: taps)
        setLeft(row: 16, step: 1, panel: 16 * pixels)
        setRight(step: 16, panel: 16 * outputs)
        setOutput(row: taps, panel: 16)
    }

    /// A product of transposed windows and an image in blocks, which gives the gradients of the filters in columns.
    fileprivate init(windowSums taps: Int, _ pixels: Int, outputs: Int) {
        self.init(rows: taps, inner: pixels, columns: outputs)
        setLeft(row: 1, step: taps)
        setRight(step: 16, panel: 16 * pixels)
        setOutput(row: outputs, panel: 16)
    }
}

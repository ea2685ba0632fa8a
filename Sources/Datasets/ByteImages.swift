internal import CKernels

/// Images of one size, a byte a pixel, with their classes or without: what files of images are kept as.
struct ByteImages: Sendable {
    /// Pixels of one image.
    let size: Int
    let pixels: [UInt8]
    let labels: [Int]?

    /// Writes image `index` with pixels in -1...1, and its class where there is room for it.
    func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && (index + 1) * size <= pixels.count)
        pixels.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            kernel_bytes_to_floats(size, arrays[0], start + index * size, 2 / 255, -1)
        }
        if let labels { arrays[1][0] = Float(labels[index]) }
    }
}

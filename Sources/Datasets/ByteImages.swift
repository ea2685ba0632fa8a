internal import CKernels

/// Images of one size, with or without their classes, kept as one byte for each pixel of a channel.
struct ByteImages: Sendable {
    /// The number of bytes of one image.
    let size: Int
    let pixels: PixelMemory
    /// The place of each image, counted in images.
    let rows: [Int]
    let labels: [Int]?

    /// Writes image `index`, with pixels in -1...1, and its class if there is room for it.
    func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let image = pixels[rows[index], of: size].assumingMemoryBound(to: UInt8.self)
        withExtendedLifetime(pixels) {
            kernel_bytes_to_floats(size, arrays[0], image.baseAddress, 2 / 255, -1)
        }
        if let labels { arrays[1][0] = Float(labels[index]) }
    }
}

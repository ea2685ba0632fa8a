internal import CKernels
internal import Hashing
public import Tensors

/// Colour images in memory, `[3, side, side]` with pixels in -1...1, with their classes or without.
public struct ColourImages: Dataset {
    public let count: Int
    public let shapes: [Shape]
    public let manifest: DataManifest
    public let notes: [String]
    private let pixels: [UInt8]
    private let labels: [Int]?

    /// - Parameter images: `[3, side, side]` each.
    init(_ images: [[UInt8]], side: Int, labels: [Int]?, notes: [String] = []) {
        precondition(labels.map { $0.count == images.count } ?? true)
        count = images.count
        shapes = [[3, side, side]] + (labels == nil ? [] : [[]])
        pixels = images.flatMap(\.self)
        self.labels = labels
        self.notes = notes
        var hash = SHA256()
        hash.update("colour images \(images.count) x \(side)\n")
        pixels.withUnsafeBytes { hash.update($0) }
        if let labels { hash.update("\(labels)") }
        manifest = DataManifest(count: images.count, digest: hash.finish())
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let size = shapes[0].elementCount
        precondition(index >= 0 && index < count && arrays.count == shapes.count)
        pixels.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            kernel_bytes_to_floats(size, arrays[0], start + index * size, 2 / 255, -1)
        }
        if let labels { arrays[1][0] = Float(labels[index]) }
    }
}

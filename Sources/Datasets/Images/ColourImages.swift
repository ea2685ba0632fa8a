internal import Hashing
public import Tensors

/// Colour images in memory, `[3, side, side]` with pixels in -1...1, with their classes or without.
public struct ColourImages: Dataset {
    public let count: Int
    public let shapes: [Shape]
    public let manifest: DataManifest
    public let notes: [String]
    private let images: ByteImages

    /// - Parameter images: `[3, side, side]` each.
    init(_ images: [[UInt8]], side: Int, labels: [Int]?, notes: [String] = []) {
        precondition(labels.map { $0.count == images.count } ?? true)
        count = images.count
        shapes = [[3, side, side]] + (labels == nil ? [] : [[]])
        let pixels = images.flatMap(\.self)
        self.images = ByteImages(size: 3 * side * side, pixels: pixels, labels: labels)
        self.notes = notes
        var hash = SHA256()
        hash.update("colour images \(images.count) x \(side)\n")
        pixels.withUnsafeBytes { hash.update($0) }
        if let labels { hash.update("\(labels)") }
        manifest = DataManifest(count: images.count, digest: hash.finish())
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        images.read(index, into: arrays)
    }
}

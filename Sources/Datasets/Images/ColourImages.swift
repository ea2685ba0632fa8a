public import Hashing
internal import Tensors

/// Colour images in memory, `[3, side, side]` with pixels in -1...1, with or without their classes.
public struct ColourImages: Dataset {
    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    public let notes: [String]
    public let classNames: [String]
    private let images: ByteImages

    /// The class of each image; nil if classes were not wanted.
    package var labels: [Int]? { images.labels }

    /// The hash of an image's pixels, which is the same for each copy of it.
    public func digest(_ index: Int) -> Digest {
        var hash = SHA256()
        bytes(index).withUnsafeBytes { hash.update($0) }
        return hash.finish()
    }

    /// The pixels of an image, `[3, side, side]`.
    package func bytes(_ index: Int) -> [UInt8] {
        withExtendedLifetime(images.pixels) {
            Array(images.pixels[images.rows[index], of: images.size])
        }
    }

    /// - Parameters:
    ///   - pixels: Rows of shape `[3, side, side]`.
    ///   - rows: The rows that hold images, in the order of the images.
    init(
        _ pixels: PixelMemory, rows: [Int], side: Int, labels: [Int]?, classNames: [String] = [],
        notes: [String] = []
    ) {
        precondition(labels.map { $0.count == rows.count } ?? true)
        count = rows.count
        fields = [.image([3, side, side])] + (labels == nil ? [] : [.label])
        let size = 3 * side * side
        images = ByteImages(size: size, pixels: pixels, rows: rows, labels: labels)
        self.notes = notes
        self.classNames = classNames
        var hash = SHA256()
        hash.update("colour images \(rows.count) x \(side)\n")
        for row in rows { hash.update(UnsafeRawBufferPointer(pixels[row, of: size])) }
        if let labels { hash.update("\(labels)") }
        manifest = DataManifest(count: rows.count, digest: hash.finish())
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        images.read(index, into: arrays)
    }
}

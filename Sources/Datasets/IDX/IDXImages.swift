internal import Hashing
internal import Tensors

/// Grey images in LeCun's IDX format, as used by MNIST and Fashion-MNIST, gzipped or not, with or without their
/// classes.
///
/// Images are `[1, height, width]` with pixels in -1...1, without padding.
public struct IDXImages: Dataset {
    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    private let images: ByteImages

    /// Reads whole files into memory.
    ///
    /// - Parameters:
    ///   - path: The file of the images.
    ///   - labelPath: The file of the classes; nil if classes are not wanted.
    ///   - classes: The number of classes.
    /// - Throws: ``DataError`` if the file is missing, foreign, empty, or shorter than its header says.
    public init(path: String, labelPath: String? = nil, classes: Int = 0) throws {
        let file = try IDXFile(path: path, kind: .images)
        let (images, height, width) = (file.extents[0], file.extents[1], file.extents[2])
        guard images > 0, height > 0, width > 0, height <= 4096, width <= 4096 else {
            throw DataError(
                "\(path): expected images of 1 to 4096 pixels a side, found \(images) of \(height) x \(width)"
            )
        }
        let labels = try labelPath.map { try Self.labels($0, count: images, classes: classes) }
        count = images
        fields = [.image([1, height, width])] + (labels == nil ? [] : [.label])
        guard let pixels = PixelMemory(copying: file.content) else {
            throw DataError(
                "\(path): expected memory for \(file.content.count) pixels, found none")
        }
        self.images = ByteImages(
            size: height * width, pixels: pixels, rows: Array(0..<images),
            labels: labels?.map { Int($0) })
        var hash = SHA256()
        hash.update("IDX images \(images) x \(height) x \(width)\n")
        file.content.withUnsafeBytes { hash.update($0) }
        labels?.withUnsafeBytes { hash.update($0) }
        manifest = DataManifest(count: images, digest: hash.finish())
    }

    private static func labels(_ path: String, count: Int, classes: Int) throws -> [UInt8] {
        let file = try IDXFile(path: path, kind: .labels)
        guard file.extents[0] == count else {
            throw DataError(
                "\(path): expected \(count) labels, one for each image, found \(file.extents[0])")
        }
        guard let wrong = file.content.firstIndex(where: { $0 >= classes }) else {
            return file.content
        }
        throw DataError(
            "\(path): expected classes from 0 to \(classes - 1), found \(file.content[wrong]) at label \(wrong)"
        )
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        images.read(index, into: arrays)
    }
}

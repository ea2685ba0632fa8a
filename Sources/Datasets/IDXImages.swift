internal import CKernels
internal import CZlib
internal import Hashing
public import Tensors

/// Grey images in LeCun's IDX format, as MNIST and Fashion-MNIST come, gzipped or not.
///
/// Images are `[1, height, width]` with pixels in -1...1, padded with nothing.
public struct IDXImages: Dataset {
    public let count: Int
    public let shapes: [Shape]
    public let manifest: DataManifest
    private let pixels: [UInt8]

    /// Reads a whole file into memory.
    ///
    /// - Throws: ``DataError`` for a file that is missing, foreign, empty, or shorter than its header says.
    public init(path: String) throws {
        let content = try inflated(path)
        guard content.count >= 16 else {
            throw DataError(
                "\(path): expected an IDX header of 16 bytes, found \(content.count) bytes")
        }
        let numbers = (0..<4).map { word in
            content[(word * 4)..<(word * 4 + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard numbers[0] == 0x803 else {
            throw DataError(
                "\(path): expected IDX images (first four bytes 00000803), found \(hexadecimal(numbers[0]))"
            )
        }
        let (images, height, width) = (numbers[1], numbers[2], numbers[3])
        guard images > 0, height > 0, width > 0, height <= 4096, width <= 4096 else {
            throw DataError(
                "\(path): expected images of 1 to 4096 pixels a side, found \(images) of \(height) x \(width)"
            )
        }
        let expected = 16 + images * height * width
        guard content.count == expected else {
            throw DataError(
                "\(path): expected \(expected) bytes for \(images) images of \(height) x \(width), found \(content.count); the file is damaged or cut short"
            )
        }
        count = images
        shapes = [[1, height, width]]
        pixels = Array(content[16...])
        var hash = SHA256()
        hash.update("IDX images \(images) x \(height) x \(width)\n")
        pixels.withUnsafeBytes { hash.update($0) }
        manifest = DataManifest(count: images, digest: hash.finish())
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let size = shapes[0].elementCount
        precondition(index >= 0 && index < count && arrays.count == 1)
        pixels.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            kernel_bytes_to_floats(size, arrays[0], start + index * size, 2 / 255, -1)
        }
    }
}

/// A file's content, inflated if it is gzipped.
private func inflated(_ path: String) throws -> [UInt8] {
    guard let file = gzopen(path, "rb") else {
        throw DataError("\(path): expected a readable IDX file, found none")
    }
    defer { gzclose(file) }
    gzbuffer(file, 1 << 18)
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let read = gzread(file, &piece, UInt32(piece.count))
        if read > 0 {
            content += piece.prefix(Int(read))
            continue
        }
        var code: Int32 = 0
        let reason = gzerror(file, &code).map { String(cString: $0) } ?? ""
        guard read == 0, code == Z_OK || code == Z_STREAM_END else {
            throw DataError(
                "\(path): expected a whole gzip stream, found an error after \(content.count) bytes (\(reason)); the file is damaged or cut short"
            )
        }
        return content
    }
}

private func hexadecimal(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}

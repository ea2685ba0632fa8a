internal import CPNG

/// Pixels in row order, one byte a channel: 1 channel is grey, 3 are red, green and blue.
public struct Picture: Hashable, Sendable {
    public let width: Int
    public let height: Int
    public let channels: Int
    public var pixels: [UInt8]

    public init(width: Int, height: Int, channels: Int, background: UInt8 = 0) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3))
        self.width = width
        self.height = height
        self.channels = channels
        pixels = Array(repeating: background, count: width * height * channels)
    }

    /// Writes a PNG file.
    public func write(to path: String) throws {
        var image = swiftgan_png_image(UInt32(width), UInt32(height), Int32(channels))
        defer { png_image_free(&image) }
        guard png_image_write_to_file(&image, path, 0, pixels, 0, nil) != 0 else {
            let reason = withUnsafeBytes(of: &image.message) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw PictureError(
                description: "\(path): cannot write a PNG of \(width) x \(height): \(reason)")
        }
    }
}

public struct PictureError: Error, CustomStringConvertible {
    public let description: String
}

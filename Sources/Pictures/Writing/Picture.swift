/// Pixels in row order, one byte for each channel; 1 channel is grey, 3 are red, green and blue.
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

    /// Writes a PNG file, or replaces it.
    public func write(to path: String) throws {
        let file = try PNGFile(path: path, width: width, height: height, channels: channels)
        try file.write(pixels)
        try file.finish()
    }
}

public import Pictures
public import Tensors

/// Samples `[channels, height, width]` in -1...1 as images.
public struct ImageDepiction: Depiction {
    private let columns: Int?
    public let beside: [String]

    /// - Parameters:
    ///   - columns: The samples in a row of a sheet; nil means as many as make it nearly square.
    ///   - beside: The fields of what the game makes that a sheet shows to the left of each sample, such as what the
    ///     sample was made of. They are images, too, of any size.
    public init(columns: Int? = nil, beside: [String] = []) {
        (self.columns, self.beside) = (columns, beside)
    }

    public func shows(_ shape: Shape) -> Bool { shape.rank == 3 }

    public var formats: [SampleFormat] {
        [
            SampleFormat(
                endings: ["png"],
                together: { count, path, _ in
                    SampleSheet(of: count, columns: columns, to: path, pictures: Picture.images)
                },
                alone: { sample, stem in
                    try Picture.images(sample)[0].write(to: "\(stem).png")
                })
        ]
    }
}

extension Depiction where Self == ImageDepiction {
    /// Samples as images, in rows of some columns, with other fields to the left of each.
    public static func image(columns: Int? = nil, beside: [String] = []) -> Self {
        ImageDepiction(columns: columns, beside: beside)
    }
}

extension Picture {
    /// Images `[count, channels, height, width]` in -1...1 as pictures: three channels are in colour, of others the
    /// first is shown.
    public static func images(_ images: NDArray) -> [Picture] {
        let (channels, height, width) = (images.shape[1], images.shape[2], images.shape[3])
        let scalars = images.scalars
        return (0..<images.shape[0]).map { image in
            var picture = Picture(width: width, height: height, channels: channels == 3 ? 3 : 1)
            for channel in 0..<picture.channels {
                let start = (image * channels + channel) * height * width
                for pixel in 0..<(height * width) {
                    picture.pixels[pixel * picture.channels + channel] = UInt8(
                        max(0, min(255, (scalars[start + pixel] + 1) * 127.5 + 0.5)))
                }
            }
            return picture
        }
    }
}

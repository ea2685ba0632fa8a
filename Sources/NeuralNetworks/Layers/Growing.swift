public import Tensors

/// The layers of one resolution of networks that grow (Karras et al., 2018).
public struct Resolution: Sendable {
    /// The layer from this resolution's features to the next one's, which are larger in a decoder and smaller in an
    /// encoder.
    let block: any Layer
    /// The layer between images of this resolution and its features.
    let image: any Layer

    public init(block: any Layer, image: any Layer) {
        self.block = block
        self.image = image
    }
}

/// Layers from features of the smallest resolution to images of the largest, however far the pass has grown (Karras et
/// al., 2018).
///
/// `[batch, features, height, width]` becomes `[batch, channels, 2ⁿ · height, 2ⁿ · width]` by n doublings. Images that
/// have not grown that far have their pixels repeated, and the layers that would enlarge them are not computed. While a
/// doubling is faded in, its image is blended with the enlarged image of the resolution before.
public struct GrowingDecoder: Layer {
    private let resolutions: [Resolution]

    /// - Parameter resolutions: The resolutions from the smallest to the largest. Each block but the first doubles its
    ///   input, and images are made of its output.
    public init(_ resolutions: [Resolution]) { self.resolutions = resolutions }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let doublings = resolutions.count - 1
        let (level, share) = pass.newest(of: doublings)
        let newest = resolutions[level]
        let features = resolutions[..<level].reduce(input) { $1.block($0, pass) }
        var image = newest.image(newest.block(features, pass), pass)
        if share < 1 {
            let before = resolutions[level - 1].image(features, pass).upsampledNearest(by: 2)
            image = image * share + before * (1 - share)
        }
        return image.upsampledNearest(by: 1 << (doublings - level))
    }
}

/// Layers from images of the largest resolution to features of the smallest, through the resolution that the pass has
/// grown to (Karras et al., 2018).
///
/// Images are reduced to that resolution by averaging their pixels, and the layers of larger resolutions are not
/// computed. While a doubling is faded in, its features are blended with those of the image at half the size.
public struct GrowingEncoder: Layer {
    private let resolutions: [Resolution]

    /// - Parameter resolutions: The resolutions from the smallest to the largest. Each block but the first halves its
    ///   input, which is made of images.
    public init(_ resolutions: [Resolution]) { self.resolutions = resolutions }

    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let doublings = resolutions.count - 1
        let (level, share) = pass.newest(of: doublings)
        let newest = resolutions[level]
        let seen = input.averagePooled(by: 1 << (doublings - level))
        var features = newest.block(newest.image(seen, pass), pass)
        if share < 1 {
            let before = resolutions[level - 1].image(seen.averagePooled(by: 2), pass)
            features = features * share + before * (1 - share)
        }
        return resolutions[..<level].reversed().reduce(features) { $1.block($0, pass) }
    }
}

extension ForwardPass {
    /// The largest resolution that is computed, counted from 0, and its share in the result, above 0 and up to 1.
    fileprivate func newest(of doublings: Int) -> (level: Int, share: Float) {
        let grown = max(0, min(growth, Float(doublings)))
        let level = Int(grown.rounded(.up))
        return (level, level == 0 ? 1 : grown - Float(level - 1))
    }
}

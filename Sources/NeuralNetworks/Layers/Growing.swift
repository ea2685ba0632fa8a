public import Tensors

/// The layers of one resolution of networks that grow (Karras et al., 2018).
public struct Resolution: Sendable {
    /// From this resolution's features to the next one's: larger in a decoder, smaller in an encoder.
    let block: any Layer
    /// Between images of this resolution and its features.
    let image: any Layer

    public init(block: any Layer, image: any Layer) {
        self.block = block
        self.image = image
    }
}

/// From features of the smallest resolution to images of the largest, whatever the pass has grown to
/// (Karras et al., 2018).
///
/// `[batch, features, height, width]` becomes `[batch, channels, 2ⁿ · height, 2ⁿ · width]` by n doublings. Images that
/// have not grown so far have their pixels repeated; what would make them larger is not computed. While a doubling
/// is faded in, its image is blended with the enlarged one before.
public struct GrowingDecoder: Layer {
    private let resolutions: [Resolution]

    /// - Parameter resolutions: From the smallest to the largest; each block but the first doubles what it gets, and images
    ///   are made of what the block gives.
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

/// From images of the largest resolution to features of the smallest, by way of the one that the pass has grown to
/// (Karras et al., 2018).
///
/// Images are seen as means of their pixels at that resolution; what larger ones would need is not computed. While a
/// doubling is faded in, its features are blended with those of the image at half the size.
public struct GrowingEncoder: Layer {
    private let resolutions: [Resolution]

    /// - Parameter resolutions: From the smallest to the largest; each block but the first halves what it gets, and it gets
    ///   what is made of images.
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
    /// The largest resolution that is computed, from 0, and its share in the result, in 0...1 without 0.
    fileprivate func newest(of doublings: Int) -> (level: Int, share: Float) {
        let grown = max(0, min(growth, Float(doublings)))
        let level = Int(grown.rounded(.up))
        return (level, level == 0 ? 1 : grown - Float(level - 1))
    }
}

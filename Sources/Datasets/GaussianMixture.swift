internal import Hashing
public import Tensors

/// Gaussians of equal weight in the plane.
public struct GaussianMixture: Sendable {
    /// The centres, each `[x, y]`.
    public let centres: [SIMD2<Float>]
    /// The standard deviation around each centre.
    public let deviation: Float

    /// Eight centres on the unit circle (Metz et al., 2017; measured as PacGAN does).
    public static let ring: GaussianMixture = {
        let diagonal = Float(0.5).squareRoot()
        return GaussianMixture(
            centres: [
                [1, 0], [diagonal, diagonal], [0, 1], [-diagonal, diagonal], [-1, 0],
                [-diagonal, -diagonal], [0, -1], [diagonal, -diagonal],
            ], deviation: 0.01)
    }()

    /// Five by five centres, two apart (measured as PacGAN does).
    public static let grid = GaussianMixture(
        centres: (0..<25).map { [Float($0 % 5) * 2 - 4, Float($0 / 5) * 2 - 4] }, deviation: 0.05)
}

/// Points of a mixture, drawn by counting: data without a file, whose modes are known.
public struct GaussianMixtureExamples: Dataset {
    public let count = 1 << 17
    public let fields: [Field]
    public let manifest: DataManifest
    private let mixture: GaussianMixture
    private let random: RandomSource
    private let isHeldOut: Bool

    /// Points that follow from `random` alone.
    ///
    /// Labelled ones come with the numbers of their centres. Held-out ones differ from those that are trained on.
    public init(
        _ mixture: GaussianMixture, random: RandomSource, isLabelled: Bool = false,
        isHeldOut: Bool = false
    ) {
        self.mixture = mixture
        self.random = random
        self.isHeldOut = isHeldOut
        fields = [.point] + (isLabelled ? [.label] : [])
        manifest = DataManifest(
            count: count,
            digest: SHA256.digest(
                of:
                    "mixture of \(count) around \(mixture.centres) by \(mixture.deviation), seed \(random.seed), labelled \(isLabelled), held out \(isHeldOut)"
            ))
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && index < count && arrays.count == fields.count)
        let mode = index % mixture.centres.count
        let place = RandomSource.Place(.data, network: isHeldOut ? 1 : 0, position: index)
        let offset = random.normal(2, at: place, deviation: mixture.deviation)
        arrays[0][0] = mixture.centres[mode].x + offset[0]
        arrays[0][1] = mixture.centres[mode].y + offset[1]
        if arrays.count > 1 { arrays[1][0] = Float(mode) }
    }
}

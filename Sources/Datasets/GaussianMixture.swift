internal import Hashing
public import Tensors

/// Points in the plane around centres, drawn by counting: data without a file, whose modes are known.
public struct GaussianMixture: Dataset {
    public let count: Int
    public let shapes: [Shape] = [[2]]
    public let manifest: DataManifest
    /// `[x, y]` of each centre; every example belongs to one, in turn.
    public let centres: [SIMD2<Float>]
    /// The standard deviation around each.
    public let deviation: Float
    private let random: RandomSource

    /// Eight centres on the unit circle (Metz et al., 2017; PacGAN's measures).
    public static func ring(random: RandomSource) -> GaussianMixture {
        let diagonal = Float(0.5).squareRoot()
        let centres: [SIMD2<Float>] = [
            [1, 0], [diagonal, diagonal], [0, 1], [-diagonal, diagonal], [-1, 0],
            [-diagonal, -diagonal], [0, -1],
            [diagonal, -diagonal],
        ]
        return GaussianMixture(count: 1 << 17, centres: centres, deviation: 0.01, random: random)
    }

    init(count: Int, centres: [SIMD2<Float>], deviation: Float, random: RandomSource) {
        self.count = count
        self.centres = centres
        self.deviation = deviation
        self.random = random
        manifest = DataManifest(
            count: count,
            digest: SHA256.digest(
                of: "mixture of \(count) around \(centres) by \(deviation), seed \(random.seed)"))
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && index < count && arrays.count == 1)
        let centre = centres[index % centres.count]
        let offset = random.normal(2, at: .init(.data, position: index), deviation: deviation)
        arrays[0][0] = centre.x + offset[0]
        arrays[0][1] = centre.y + offset[1]
    }
}

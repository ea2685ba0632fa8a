internal import Datasets
internal import PretrainedNetworks
internal import Tensors

/// Measures how far each sample is from its own real picture in what a network sees of both, which is nearer to what people see
/// than the distance of pixels (after Johnson et al., 2016).
///
/// At three depths of the extractor, a quarter, half and three quarters of the way, it is the mean squared difference over the
/// mean square of both: 0 for equal pictures, and about 1 for unrelated ones.
public struct FeatureDistance: Measure {
    private let field: String?

    /// - Parameter field: The field of the pictures; nil means the first.
    public init(of field: String? = nil) { self.field = field }

    public let comparesPairs = true

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        subject.extractor == nil
            ? [] : [.init("feature-distance", of: field, better: .smaller)]
    }

    public func check(_ subject: Subject) throws {
        guard let extractor = subject.extractor, let found = subject.field(field) else { return }
        guard extractor.example == found.shape, extractor.depths.count >= 4 else {
            throw EvaluationError(
                "feature-distance: expected an extractor, of four depths at least, of images of \(found.shape), found one of \(extractor.example)"
            )
        }
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        guard let extractor = samples.subject.extractor else { return [] }
        let depths = extractor.depths
        let chosen = (1...3).map { depths[$0 * depths.count / 4] }
        let (made, real) = (
            Tensor(samples.values(of: field)), Tensor(reals.heldOut.values(of: field))
        )
        let count = made.shape[0]
        var sums = [(difference: Double, squares: Double)](repeating: (0, 0), count: 3)
        for start in stride(from: 0, to: count, by: extractor.imagesAtOnce) {
            let rows = start..<min(start + extractor.imagesAtOnce, count)
            withoutGradients {
                let maps = [made, real].map {
                    extractor.featureMaps(of: $0.sliced(0, rows), at: chosen)
                }
                for depth in sums.indices {
                    let (own, other) = (maps[0][depth], maps[1][depth])
                    sums[depth].difference += Double((own - other).squared().sum().scalar)
                    sums[depth].squares += Double(
                        (own.squared() + other.squared()).sum().scalar / 2)
                }
            }
        }
        // Where neither picture shows anything, they are equal.
        return [sums.reduce(0) { $0 + $1.difference / max($1.squares, .leastNormalMagnitude) } / 3]
    }
}

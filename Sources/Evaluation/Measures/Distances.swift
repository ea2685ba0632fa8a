/// Measures how far the distribution of samples is from that of training examples.
public struct Distances: Measure {
    private let field: String?
    public let usualCount: Int

    /// - Parameters:
    ///   - field: The field that is compared; nil means the first.
    ///   - usualCount: The number of samples that they are usually stated for; fewer where examples are large.
    public init(of field: String? = nil, usualCount: Int = 5_000) {
        (self.field, self.usualCount) = (field, usualCount)
    }

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [
            .init("frechet-distance", of: field, better: .smaller),
            .init("kernel-distance", of: field, better: .smaller),
            .init("sliced-wasserstein", of: field, better: .smaller),
        ]
    }

    public func check(_ subject: Subject) throws { try subject.requireFeatures(of: field) }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let (features, training) = (
            samples.features(of: field), reals.training.features(of: field)
        )
        return [
            features.frechetDistance(to: training), features.kernelDistance(to: training),
            features.slicedWasserstein(to: training, random: reals.random),
        ]
    }
}

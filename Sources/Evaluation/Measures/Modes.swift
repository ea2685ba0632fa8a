public import Datasets

/// Measures how many modes of a mixture of Gaussians samples reach, and how evenly.
public struct Modes: Measure {
    private let mixture: GaussianMixture

    public init(_ mixture: GaussianMixture) { self.mixture = mixture }

    public let usualCount = 2_500
    public let usesExtractor = false

    public func metrics(of subject: Subject) -> [Metric.Kind] { ModeCoverage.metrics }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        ModeCoverage(
            points: samples.values(), centres: mixture.centres, deviation: mixture.deviation
        ).values
    }
}

extension ModeCoverage {
    static let metrics = [
        Metric.Kind("modes", better: .larger), .init("good-samples", better: .larger),
        .init("mode-kl", better: .smaller),
    ]

    /// The values in the order of the metrics.
    var values: [Double] { [Double(found), good, divergence] }
}

/// Measures the signs of collapse: data that samples leave out, and samples that are alike.
public struct Diversity: Measure {
    private let field: String?

    /// - Parameter field: The field that is compared; nil means the first.
    public init(of field: String? = nil) { self.field = field }

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [
            .init("missed-share", of: field, better: .smaller),
            .init("pair-distance", of: field, better: .nearer),
            .init("support", of: field, better: .nearer),
        ]
    }

    public func check(_ subject: Subject) throws { try subject.requireFeatures(of: field) }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let landscape = reals.training.derived(from: field) {
            let features = reals.training.features(of: field)
            return Landscape(
                bins: Bins(of: features, random: reals.random),
                alike: features.few.smallestDistances)
        }
        let features = samples.features(of: field)
        return [
            landscape.bins.missedShare(by: features), features.few.meanPairDistance,
            features.few.support(alikeWithin: landscape.alike),
        ]
    }

    /// What this measure needs to know about training examples.
    private struct Landscape: Sendable {
        let bins: Bins
        /// Two examples that are nearer than this are alike.
        let alike: Double
    }
}

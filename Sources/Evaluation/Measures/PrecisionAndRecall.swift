/// Measures whether samples look real, whether all kinds are among them, and whether the generator memorized examples.
public struct PrecisionAndRecall: Measure {
    private let field: String?

    /// - Parameter field: The field that is compared; nil means the first.
    public init(of field: String? = nil) { self.field = field }

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [
            .init("precision", of: field, better: .larger),
            .init("recall", of: field, better: .larger),
            .init("density", of: field, better: .larger),
            .init("coverage", of: field, better: .larger),
            .init("nearest-training-example", of: field, better: .nearer),
        ]
    }

    public func check(_ subject: Subject) throws { try subject.requireFeatures(of: field) }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let (features, training) = (
            samples.features(of: field), reals.training.features(of: field)
        )
        let found = Neighbourhoods(of: features, among: training)
        let nearest = features.distancesToNearest(of: training).sorted()
        return [
            found.precision, found.recall, found.density, found.coverage,
            nearest[nearest.count / 2],
        ]
    }
}

/// Measures which classes a classifier sees in samples, if the extractor is one that tells the data's own classes
/// apart.
public struct Classes: Measure {
    public init() {}

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        guard subject.ownClassifier != nil else { return [] }
        return [.init("classes", better: .larger), .init("class-kl", better: .smaller)]
            + (subject.isConditional ? [.init("class-accuracy", better: .larger)] : [])
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let subject = samples.subject
        guard let classifier = subject.ownClassifier else { return [] }
        let found = samples.read(by: classifier).classes
        let coverage = ModeCoverage(
            modes: subject.classes, nearest: found, isGood: found.map { _ in true })
        let values = [Double(coverage.found), coverage.divergence]
        guard subject.isConditional, let labels = samples.labels else { return values }
        let right = zip(found, labels).count { $0 == $1 }
        return values + [Double(right) / Double(found.count)]
    }
}

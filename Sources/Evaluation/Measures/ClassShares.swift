/// Measures how evenly samples are spread over the classes that a classifier sees in them, and how sure it is, if the
/// extractor is one that tells the data's own classes apart.
public struct ClassShares: Measure {
    private let certainty: Float

    /// - Parameter certainty: The probability above which the classifier counts as sure.
    public init(sureAbove certainty: Float = 0.9) { self.certainty = certainty }

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        guard subject.ownClassifier != nil else { return [] }
        return [
            .init("rarest-class", better: .larger), .init("commonest-class", better: .smaller),
            .init("sure-of-class", better: .larger),
        ]
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        guard let classifier = samples.subject.ownClassifier else { return [] }
        let reading = samples.read(by: classifier)
        var counts = [Int](repeating: 0, count: samples.subject.classes)
        for found in reading.classes { counts[found] += 1 }
        let sure = reading.certainties.count { $0 > certainty }
        return [counts.min() ?? 0, counts.max() ?? 0, sure].map {
            Double($0) / Double(reading.classes.count)
        }
    }
}

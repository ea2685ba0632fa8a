internal import Datasets
internal import PretrainedNetworks
internal import Tensors

/// Measures how many of a thousand kinds of images samples reach; each of the three channels shows a digit (Metz et
/// al., 2017; measured as PacGAN does).
///
/// A classifier of single digits reads each channel.
public struct StackedModes: Measure {
    public init() {}

    public let usualCount = 26_000

    public func metrics(of subject: Subject) -> [Metric.Kind] { ModeCoverage.metrics }

    public func check(_ subject: Subject) throws {
        guard classifier(of: subject) != nil else {
            throw EvaluationError(
                "the extractor: expected a classifier of ten digits, found \(subject.extractor?.name ?? "none")"
            )
        }
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        guard let classifier = classifier(of: samples.subject) else {
            preconditionFailure("the extractor was checked before")
        }
        let images = samples.values()
        let digits = classifier.read(Subject.channels(of: images)).classes
        let stacks = (0..<images.shape[0]).map { image in
            digits[(3 * image)..<(3 * image + 3)].reduce(0) { $0 * 10 + $1 }
        }
        return ModeCoverage(modes: 1000, nearest: stacks, isGood: stacks.map { _ in true }).values
    }

    private func classifier(of subject: Subject) -> TrainedClassifier? {
        guard let digits = subject.extractor as? TrainedClassifier,
            digits.classifier.classes == 10,
            digits.example == Subject.channel(of: subject.fields[0].shape)
        else { return nil }
        return digits
    }
}

public import Adversarial
internal import Datasets
public import Evaluation
public import PretrainedNetworks
internal import Tensors

// What can be known of a run's metrics before any data are read.
extension Recipe {
    /// The number of samples that its metrics are usually stated for.
    public var usualCount: Int { measures[0].usualCount }

    /// Whether any of its metrics depends on features of images.
    package var usesExtractor: Bool {
        kind.isVisual && measures.contains(where: \.usesExtractor)
    }

    /// The extractor that suits its examples, where no other is asked for: the classifier that comes with the program for them, or
    /// random convolutions, where none is made for them.
    ///
    /// - Returns: nil where no metric depends on it, as with points, which are compared as they are.
    public func usualExtractor(_ settings: Settings) throws -> (any FeatureExtractor)? {
        guard usesExtractor else { return nil }
        if let classifierName { return try TrainedClassifier.included(for: classifierName) }
        return field(settings).imageShape.map { RandomConvolutions(of: $0) }
    }

    /// The metrics that its runs are measured by, the one that it is judged by first.
    ///
    /// - Throws: ``/Evaluation/EvaluationError`` where the extractor does not suit.
    public func metrics(_ settings: Settings, extractor: (any FeatureExtractor)?) throws
        -> [Metric.Kind]
    {
        let subject = subject(settings, extractor: extractor)
        for measure in measures { try measure.check(subject) }
        return measures.flatMap { $0.metrics(of: subject) }
    }

    /// What it is judged by, for a person: "modes at least 8, mode-kl at most 0.01, of 2500 samples".
    public var criterion: String {
        let wanted =
            goals.isEmpty
            ? measures[0].metrics(of: subject(defaults, extractor: nil)).map(\.name)
            : goals.map { "\($0)" }
        return "\(wanted.joined(separator: ", ")), of \(usualCount) samples"
    }

    /// What its measures are told of its examples.
    func subject(_ settings: Settings, extractor: (any FeatureExtractor)?) -> Subject {
        var subject = Subject(name, fields: fields(settings), extractor: extractor)
        subject.classes = classes(settings)
        subject.isConditional = settings.isConditional
        subject.classifiers = [name] + [classifierName].compactMap(\.self)
        return subject
    }
}

extension [any Measure] {
    /// Those that suit examples of any kind.
    public static var usual: Self { [Distances(), PrecisionAndRecall(), Diversity(), Classes()] }
}

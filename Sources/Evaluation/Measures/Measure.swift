public import Tensors

/// A way to measure how good samples are, which gives metrics that belong together.
///
/// A recipe lists the measures that suit its data. A new measure is a new file that conforms to this protocol; nothing
/// else changes.
public protocol Measure: Sendable {
    /// The metrics that this measure gives, in their order.
    func metrics(of subject: Subject) -> [Metric.Kind]

    /// The number of samples for which its metrics are usually stated.
    var usualCount: Int { get }

    /// Whether its metrics depend on the extractor; unless it says otherwise, they do.
    var usesExtractor: Bool { get }

    /// Whether it compares each sample with the real example that it was made from, so that real ones have no values of their
    /// own; unless it says otherwise, it does not.
    var comparesPairs: Bool { get }

    /// Throws if an extractor does not suit the measure, or if the examples lack something that it needs.
    ///
    /// It is called before any data are read, and again once all fields of the data are known.
    ///
    /// - Throws: ``EvaluationError``.
    func check(_ subject: Subject) throws

    /// The values of its metrics, one for each.
    ///
    /// - Parameters:
    ///   - samples: The samples of a generator, or, unless it compares pairs, held-out real examples in their place. If a game makes its fakes from
    ///     real examples, row i was made from row i of the held-out ones.
    ///   - reals: The real examples, which are the same for all generators; what is derived from them is computed once.
    func values(of samples: Observations, among reals: Reals) -> [Double]
}

extension Measure {
    public var usualCount: Int { 5_000 }
    public var usesExtractor: Bool { true }
    public var comparesPairs: Bool { false }
    public func check(_ subject: Subject) throws {}
}

/// The real examples that samples are compared with: training examples in the order of the first epoch, and as many
/// held-out ones, shuffled.
public struct Reals: Sendable {
    public let training: Observations
    public let heldOut: Observations
    /// The source of the measures' random numbers.
    public let random: RandomSource

    public init(training: Observations, heldOut: Observations, random: RandomSource) {
        self.training = training
        self.heldOut = heldOut
        self.random = random
    }
}

public import Tensors

/// A way to tell how good samples are: some metrics that belong together.
///
/// A recipe lists the measures that suit its data. One of a new kind is a new file that conforms to this; nothing else changes.
public protocol Measure: Sendable {
    /// The metrics that it gives, in their order.
    func metrics(of subject: Subject) -> [Metric.Kind]

    /// How many samples it is usually stated for.
    var usualCount: Int { get }

    /// Refuses an extractor that does not suit, or examples that lack something.
    ///
    /// It is asked before any data are read, and again when all fields of the data are known.
    ///
    /// - Throws: ``EvaluationError``.
    func check(_ subject: Subject) throws

    /// A value for each of its metrics.
    ///
    /// - Parameters:
    ///   - samples: Those of a generator, or held-out real examples in their place. Where a game makes its fakes of real
    ///     examples, row i was made of row i of the held-out ones.
    ///   - reals: The same for all generators; what is derived from them is computed once.
    func values(of samples: Observations, among reals: Reals) -> [Double]
}

extension Measure {
    public var usualCount: Int { 5_000 }
    public func check(_ subject: Subject) throws {}
}

/// The real examples that samples are compared with: training ones in the order of the first epoch, and as many that were held
/// out, shuffled.
public struct Reals: Sendable {
    public let training: Observations
    public let heldOut: Observations
    /// Where measures take random numbers from.
    public let random: RandomSource

    public init(training: Observations, heldOut: Observations, random: RandomSource) {
        self.training = training
        self.heldOut = heldOut
        self.random = random
    }
}

public import Tensors

/// The way in which samples of a recipe are shown to a person.
///
/// A new kind of data brings its own: a file that conforms to this protocol, and nothing else changes.
public protocol Depiction: Sendable {
    /// Whether it can show samples of a shape.
    func shows(_ shape: Shape) -> Bool
    /// The fields of what the game makes that are shown to the left of each sample, such as what the sample was made
    /// of.
    var beside: [String] { get }
    /// The kinds of files that it writes, the usual one first.
    var formats: [SampleFormat] { get }
    /// Which samples meet conditions such as "age>=60", all of them; most kinds of data know none.
    ///
    /// - Throws: ``EvaluationError`` for what is no condition on such samples.
    func selection(_ conditions: [String], _ files: RunFiles) throws -> SampleSelection
}

extension Depiction {
    public var beside: [String] { [] }

    public func selection(_ conditions: [String], _ files: RunFiles) throws -> SampleSelection {
        throw EvaluationError(
            "--where: expected a run of a table, whose columns conditions are about, found another")
    }
}

/// The numbers of the wanted ones among some samples, `[count, …]`.
public typealias SampleSelection = @Sendable (_ samples: NDArray) -> [Int]

/// A kind of file that samples are written to.
public struct SampleFormat: Sendable {
    /// What the names of such files end in, as `png`; the usual ending first.
    public let endings: [String]
    /// The most samples that one file takes; nil: any number.
    public let mostTogether: Int?
    /// Begins a file of `count` samples, which are read by the files beside their run.
    public let together:
        @Sendable (_ count: Int, _ path: String, _ files: RunFiles) throws -> any SampleFile
    /// Writes a single sample, `[1, …]`, to a place whose name has no ending yet; nil where samples say something only
    /// together.
    public let alone: (@Sendable (_ sample: NDArray, _ stem: String) throws -> Void)?

    public init(
        endings: [String], mostTogether: Int? = nil,
        together:
            @escaping @Sendable (_ count: Int, _ path: String, _ files: RunFiles) throws ->
            any SampleFile,
        alone: (@Sendable (_ sample: NDArray, _ stem: String) throws -> Void)?
    ) {
        precondition(!endings.isEmpty, "names of files need an ending")
        self.endings = endings
        self.mostTogether = mostTogether
        self.together = together
        self.alone = alone
    }
}

/// A file of samples that is written as they come, and has its name once it is finished.
public protocol SampleFile {
    /// Adds the next samples, `[count, …]`, and what is shown to the left of each, `[count, …]` too.
    func add(_ samples: NDArray, beside others: [NDArray]) throws
    /// Writes the rest, once all samples were added.
    func finish() throws
}

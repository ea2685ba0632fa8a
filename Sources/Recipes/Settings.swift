public import Tensors

/// The numbers of a run.
///
/// Each has one name: on the command line, in `--set`, in configuration files and in `run.yaml`.
public struct Settings: Hashable, Sendable {
    public var seed = 1
    public var iterations = 1_875
    public var batch = 64
    public var microbatch = 16
    public var checkpointEvery = 250
    public var criticSteps = 1
    public var latents = 100
    public var width = 64
    public var discriminatorRate: Float = 2e-4
    public var generatorRate: Float = 2e-4
    public var firstDecay: Float = 0.5
    public var secondDecay: Float = 0.999
    public var averageDecay: Float = 0.999
    public var chunk = 4096
    public var precision = Precision.float32

    public init() {}

    /// The number of microbatches in a batch, each computed by one lane.
    public var leaves: Int { batch / microbatch }

    /// One setting: its name, what it means, and the values it takes.
    public struct Field: Sendable {
        public let name: String
        public let meaning: String
        /// Whether another value makes another run: otherwise it may change on resuming.
        public let isIdentity: Bool
        fileprivate let value: Value
    }

    fileprivate enum Value: Sendable {
        case integer(any WritableKeyPath<Settings, Int> & Sendable, ClosedRange<Int>)
        case number(any WritableKeyPath<Settings, Float> & Sendable, ClosedRange<Float>)
        case precision(any WritableKeyPath<Settings, Precision> & Sendable)
    }

    public static let fields: [Field] = [
        field("seed", "the run's only source of randomness", .integer(\.seed, 0...Int.max)),
        field(
            "iterations", "how many iterations to train", .integer(\.iterations, 1...1_000_000_000),
            isIdentity: false),
        field("batch", "examples an iteration", .integer(\.batch, 1...1 << 20)),
        field(
            "microbatch", "examples a lane computes at once; divides batch",
            .integer(\.microbatch, 1...1 << 20)),
        field(
            "checkpoint-every", "iterations between checkpoints",
            .integer(\.checkpointEvery, 1...1_000_000_000), isIdentity: false),
        field(
            "critic-steps", "updates of the discriminator an iteration",
            .integer(\.criticSteps, 1...1000)),
        field("latents", "length of a latent vector", .integer(\.latents, 1...1 << 16)),
        field("width", "channels or units of the networks", .integer(\.width, 1...1 << 14)),
        field(
            "discriminator-rate", "step size of the discriminator",
            .number(\.discriminatorRate, 0...1)),
        field("generator-rate", "step size of the generator", .number(\.generatorRate, 0...1)),
        field("first-decay", "Adam's decay of the first moment", .number(\.firstDecay, 0...0.9999)),
        field(
            "second-decay", "Adam's decay of the second moment",
            .number(\.secondDecay, 0...0.999999)),
        field(
            "average-decay", "decay of the generator's moving average",
            .number(\.averageDecay, 0...0.999999)),
        field(
            "chunk", "KiB of a network that travel as one message, at most",
            .integer(\.chunk, 1...16_384)),
        field(
            "precision",
            "float32, or bfloat16 for what matrix products and most convolutions multiply",
            .precision(\.precision)),
    ]

    private static func field(
        _ name: String, _ meaning: String, _ value: Value, isIdentity: Bool = true
    ) -> Field {
        Field(name: name, meaning: meaning, isIdentity: isIdentity, value: value)
    }

    /// A setting's value as text.
    public subscript(field: Field) -> String {
        switch field.value {
        case .integer(let path, _): String(self[keyPath: path])
        case .number(let path, _): String(self[keyPath: path])
        case .precision(let path): self[keyPath: path].rawValue
        }
    }

    /// Changes one setting, given as text.
    ///
    /// - Throws: ``RecipeError`` for an unknown name or a value outside its range.
    public mutating func set(_ name: String, to text: String) throws {
        guard let field = Self.fields.first(where: { $0.name == name }) else {
            throw RecipeError(
                "no setting is called '\(name)'\(suggestion(for: name, among: Self.fields.map(\.name)))"
            )
        }
        switch field.value {
        case .integer(let path, let range):
            guard let value = Int(text), range.contains(value) else {
                throw RecipeError(
                    "\(name): expected a whole number from \(range.lowerBound) to \(range.upperBound), found '\(text)'"
                )
            }
            self[keyPath: path] = value
        case .number(let path, let range):
            guard let value = Float(text), range.contains(value) else {
                throw RecipeError(
                    "\(name): expected a number from \(range.lowerBound) to \(range.upperBound), found '\(text)'"
                )
            }
            self[keyPath: path] = value
        case .precision(let path):
            guard let value = Precision(rawValue: text) else {
                let known = Precision.allCases.map(\.rawValue).joined(separator: " or ")
                throw RecipeError("\(name): expected \(known), found '\(text)'")
            }
            self[keyPath: path] = value
        }
    }

    /// Checks what no single setting can.
    public func validate() throws {
        guard batch % microbatch == 0 else {
            throw RecipeError(
                "microbatch: expected a divisor of batch (\(batch)), found \(microbatch)")
        }
        guard leaves <= 4096 else {
            throw RecipeError(
                "microbatch: expected at most 4096 microbatches in a batch, found \(leaves)")
        }
    }
}

/// A recipe or setting that does not exist or does not fit.
public struct RecipeError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// "; did you mean 'x'?" for the nearest of some names, or all of them where none is near.
func suggestion(for name: String, among names: [String]) -> String {
    let nearest = names.min { editDistance(name, $0) < editDistance(name, $1) }
    if let nearest, editDistance(name, nearest) <= max(2, name.count / 3) {
        return "; did you mean '\(nearest)'?"
    }
    return "; there are: \(names.joined(separator: ", "))"
}

/// How many letters to insert, delete or replace (Levenshtein, 1966).
private func editDistance(_ a: String, _ b: String) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
            diagonal = row[j + 1]
            row[j + 1] = next
        }
    }
    return row[b.count]
}

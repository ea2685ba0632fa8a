internal import Adversarial
public import Datasets
public import Evaluation
public import Tensors

/// What one can train: data, settings that suit it, and what the result is judged by.
public struct Recipe: Sendable {
    public let name: String
    public let summary: String
    /// What data it reads, and what brings it.
    public let data: String
    /// What says whether training succeeded.
    public let acceptance: Acceptance
    public let defaults: Settings
    /// The shape of an example.
    public let example: Shape
    /// Classes of its examples; 0: none are known.
    public let classes: Int
    /// The recipe whose classifier reads its images; nil: none does.
    var classifierName: String? = nil
    let openData: @Sendable (_ request: DataRequest) throws -> any Dataset
    /// Shows samples, `[count, …]`, to a person.
    public let picture: @Sendable (_ samples: NDArray) -> Picture

    public static let all: [Recipe] = [
        .ring, .grid, .fashion, .fashionConditional, .mnist, .stackedMNIST,
    ]

    /// The recipe of a name.
    ///
    /// - Throws: ``RecipeError`` with the nearest name.
    public static func named(_ name: String) throws -> Recipe {
        guard let recipe = (all + workloads).first(where: { $0.name == name }) else {
            throw RecipeError(
                "no recipe is called '\(name)'\(suggestion(for: name, among: all.map(\.name)))")
        }
        return recipe
    }
}

/// Which of a recipe's examples are wanted.
public struct DataRequest: Sendable {
    public enum Part: Sendable {
        case training
        /// Examples that training never sees.
        case heldOut
    }

    /// The folder, where it is not where its package puts it.
    public var path: String?
    public var part: Part
    /// Whether each example comes with its class.
    public var isLabelled: Bool
    public var random: RandomSource

    public init(path: String?, part: Part, isLabelled: Bool, random: RandomSource) {
        self.path = path
        self.part = part
        self.isLabelled = isLabelled
        self.random = random
    }
}

/// What a recipe's result is judged by: a measure, and the value that is good enough.
public struct Acceptance: Sendable {
    public enum Measure: Sendable {
        /// Samples near a mode of a mixture, and the modes found.
        case modes(GaussianMixture)
        /// Classes of digits that a classifier reads in each channel.
        case stackedDigits
        /// The Fréchet distance of a classifier's features.
        case frechetDistance
        /// How often a classifier reads the class asked for.
        case classAccuracy
        /// Speed alone.
        case speed
    }

    public let measure: Measure
    /// For a person: "8 of 8 modes, 93% good samples".
    public let goal: String
}

public import Adversarial
public import Datasets
public import Evaluation
public import Tensors

/// What one can train: data, settings that suit it, and what the result is judged by.
public struct Recipe: Sendable {
    public let name: String
    public let summary: String
    /// What data it reads, and what brings it.
    public let data: String
    /// How its generators are measured, one measure at least: most important is the first metric of the first.
    public var measures: [any Measure]
    /// What says whether training succeeded; most recipes have nothing to count that by.
    public var goals: [Goal] = []
    public let defaults: Settings
    /// What ``ImageSettings`` can say; empty: anything.
    var resolutions: [Int] = []
    /// Classes of its examples, 0 where none are known; nil: as many as ``FolderSettings`` say.
    let knownClasses: Int?
    /// The recipe whose classifier reads its images; nil: none does.
    var classifierName: String? = nil
    /// What its examples are made of; first what samples are shown by.
    let makeFields: @Sendable (Settings) -> [Field]
    /// Declares its networks, and says how they play; throws where settings do not fit.
    var makeGame: @Sendable (Recipe, Settings, inout GameParameters) throws -> any Game = latentGame
    let openData: @Sendable (_ request: DataRequest) throws -> any Dataset
    /// How its samples are shown to a person.
    public let depiction: Depiction

    public static let all: [Recipe] = [
        .ring, .grid, .fashion, .fashionConditional, .mnist, .stackedMNIST, .emoji, .cifar10,
        .imageFolder, .chorales, .superResolution, .translation,
    ]

    /// What its examples are made of, classes apart; first what samples are shown by.
    public func fields(_ settings: Settings) -> [Field] { makeFields(settings) }

    /// What samples are shown by.
    public func field(_ settings: Settings) -> Field { fields(settings)[0] }

    /// The kind of what it learns to make.
    public var kind: Field.Kind { field(defaults).kind }

    /// The shape of an example.
    public func example(_ settings: Settings) -> Shape { field(settings).shape }

    /// How many classes its examples have; 0: none are known.
    public func classes(_ settings: Settings) -> Int {
        knownClasses ?? settings[FolderSettings.self].classes
    }

    /// Its game and networks, as settings say.
    ///
    /// - Throws: ``SettingError`` where they do not fit together, or not to the recipe.
    func step(_ settings: Settings) throws -> GameStep {
        try settings.validate()
        if let images = settings[ifPresent: ImageSettings.self],
            !resolutions.isEmpty, !resolutions.contains(images.resolution)
        {
            let known = resolutions.map { String($0) }.joined(separator: " or ")
            throw SettingError(
                "resolution", expected: "\(known) for \(name)", found: images.resolution)
        }
        let annealing = Annealing(iterations: settings[OptimizerSettings.self].annealing)
        return try GameStep(RandomSource(seed: UInt64(settings.seed)), annealing: annealing) {
            try makeGame(self, settings, &$0)
        }
    }

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

extension Settings {
    /// Checks whether a recipe can be trained with them.
    public func validate(for recipe: Recipe) throws { _ = try recipe.step(self) }

    /// Whether networks are told classes.
    var isConditional: Bool {
        self[ifPresent: NetworkSettings.self].map { $0.conditioning != .none } ?? false
    }
}

/// A picture in colour, of the resolution that the settings say.
@Sendable func colourImage(_ settings: Settings) -> [Field] {
    let resolution = settings[ImageSettings.self].resolution
    return [.image([3, resolution, resolution])]
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
    public var isLabelled = false
    /// Whether damaged examples, and what is no example, are refused; otherwise they are passed over, and counted.
    public var isStrict = false
    /// Hears how far reading is, where that takes time.
    public var say: @Sendable (String) -> Void = { _ in }
    /// Those of the run.
    var settings = Settings()
    /// The classes there are.
    var classes = 0
    var random = RandomSource(seed: 0)

    public init(path: String?, part: Part = .training) {
        self.path = path
        self.part = part
    }
}

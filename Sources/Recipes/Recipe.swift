public import Adversarial
public import Datasets
public import Evaluation
public import Tensors

/// What one can train: data, settings that suit it, and what the result is judged by.
///
/// ```swift
/// extension Recipe {
///     static let spiral = Recipe(
///         name: "spiral", summary: "perceptrons that learn points on a spiral",
///         data: "made by counting; no file",
///         defaults: Settings(
///             CriticSettings(), NetworkSettings { $0.architecture = .perceptron }, LatentSettings()),
///         makeFields: { _ in [.point] }, openData: { SpiralPoints($0) }, depiction: .point(reach: 2))
/// }
/// ```
public struct Recipe: Sendable {
    /// Makes a recipe's game: declares its networks, and says how they play.
    public typealias GameMaker =
        @Sendable (Recipe, Settings, inout GameParameters) throws -> any Game

    /// Finds, once for a generator, what is done to its samples.
    ///
    /// `draw` gives what the game makes for some numbers, which are samples that nobody else draws.
    public typealias RefinementMaker =
        @Sendable (_ field: Field, _ files: RunFiles, _ draw: (Range<Int>) throws -> Examples)
        throws -> Refinement

    /// What is done to what a game makes.
    public typealias Refinement = @Sendable (Examples) -> Examples

    /// What commands and `run.yaml` call it.
    public let name: String
    public let summary: String
    /// What data it reads, and what brings it.
    public let data: String
    /// How its generators are measured, one measure at least: most important is the first metric of the first.
    public var measures: [any Measure]
    /// What says whether training succeeded; most recipes have nothing to count that by.
    public var goals: [Goal]
    public let defaults: Settings
    /// What ``ImageSettings`` can say; empty: anything.
    let resolutions: [Int]
    /// Classes of its examples, 0 where none are known; nil: as many as ``FolderSettings`` say.
    let knownClasses: Int?
    /// The recipe whose classifier reads its images; nil: none does.
    let classifierName: String?
    /// What its examples are made of; first what samples are shown by.
    let makeFields: @Sendable (Settings) -> [Field]
    /// Declares its networks, and says how they play; throws where settings do not fit.
    var makeGame: GameMaker
    let openData: @Sendable (_ request: DataRequest) throws -> any Dataset
    /// How its samples are shown to a person.
    public let depiction: any Depiction
    /// What is done to samples before anybody sees them; nil: nothing.
    let refine: RefinementMaker?

    /// A recipe.
    ///
    /// - Parameters:
    ///   - name: What commands and `run.yaml` call it; that of no other recipe, best in the manner of `fashion-conditional`.
    ///   - summary: What it trains, in a few words, for lists of recipes.
    ///   - data: What data it reads, and what brings it, in a few words.
    ///   - measures: How its generators are measured, one at least; the first metric of the first is the most important.
    ///   - goals: What says whether training succeeded, where there is something to count that by.
    ///   - defaults: Its settings. Without a game of its own it needs ``/Adversarial/CriticSettings``,
    ///     ``/Adversarial/NetworkSettings`` and ``/Adversarial/LatentSettings`` among them; with one, what that game asks for.
    ///   - resolutions: What ``ImageSettings``, where it has them, can say; empty: anything.
    ///   - knownClasses: How many classes its examples have; 0: none are known; nil: as many as ``FolderSettings`` say.
    ///   - classifierName: The recipe whose classifier, which comes with the program, reads its images or clips: `fashion`, `mnist` or `moving-clothes`.
    ///   - makeFields: What its examples are made of, by its settings, classes apart: name, shape and kind of each field; first
    ///     what samples are shown by.
    ///   - makeGame: Declares its networks, and says how they play; it throws where settings do not fit. Nil: one generator of
    ///     latent vectors and one critic, of the architecture that ``/Adversarial/NetworkSettings`` name.
    ///   - openData: Opens its data. The same request must give the same examples on every host.
    ///   - depiction: How its samples are shown: examples of images need no other than the usual one.
    ///   - refine: Finds what is done to samples before they are seen, such as bringing shares of choices to those of the data; nil: nothing is.
    public init(
        name: String, summary: String, data: String, measures: [any Measure] = .usual,
        goals: [Goal] = [], defaults: Settings, resolutions: [Int] = [], knownClasses: Int? = 0,
        classifierName: String? = nil, makeFields: @escaping @Sendable (Settings) -> [Field],
        makeGame: GameMaker? = nil,
        openData: @escaping @Sendable (DataRequest) throws -> any Dataset,
        depiction: any Depiction = .image(), refine: RefinementMaker? = nil
    ) {
        precondition(!measures.isEmpty, "\(name) has nothing to be measured by")
        self.name = name
        self.summary = summary
        self.data = data
        self.measures = measures
        self.goals = goals
        self.defaults = defaults
        self.resolutions = resolutions
        self.knownClasses = knownClasses
        self.classifierName = classifierName
        self.makeFields = makeFields
        self.makeGame = makeGame ?? latentGame
        self.openData = openData
        self.depiction = depiction
        self.refine = refine
    }

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
        try check(settings)
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
        /// Those that are trained on.
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
    public internal(set) var settings = Settings()
    /// How many classes its examples have; 0: none are known.
    public internal(set) var classes = 0
    /// Where data that are made by counting take their random numbers from: the run's seed decides them.
    public internal(set) var random = RandomSource(seed: 0)

    public init(path: String?, part: Part = .training) {
        self.path = path
        self.part = part
    }
}

extension PicturePart {
    public init(_ part: DataRequest.Part) {
        self =
            switch part {
            case .training: .training
            case .heldOut: .heldOut
            }
    }
}

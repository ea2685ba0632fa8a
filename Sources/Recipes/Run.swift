public import Adversarial
public import Datasets
public import Hashing
public import NeuralNetworks
public import Tensors
internal import Yams

/// A recipe with its settings: everything that decides the weights, and so all that is needed to repeat them.
public struct Run: Sendable {
    public let recipe: Recipe
    public let settings: Settings
    public let manifest: DataManifest
    /// The hash of the weights that it begins with; nil: new ones, which follow from the seed.
    public let start: Digest?
    public let step: GameStep

    /// - Throws: ``/Adversarial/SettingError`` where the settings do not fit together.
    public init(
        recipe: Recipe, settings: Settings, manifest: DataManifest, start: Digest? = nil
    ) throws {
        self.recipe = recipe
        self.settings = settings
        self.manifest = manifest
        self.start = start
        step = try recipe.step(settings)
    }

    /// A run on data, which decide some of its settings.
    ///
    /// - Throws: ``/Adversarial/SettingError`` where the settings do not fit together.
    public init(recipe: Recipe, settings: Settings, data: any Dataset) throws {
        try self.init(
            recipe: recipe, settings: try settings.decided(by: data, for: recipe),
            manifest: data.manifest)
    }

    /// The networks of both sides, in the order of their numbers.
    public var networks: [Network] { step.networks.inOrder }

    public var schedule: Schedule { step.schedule }

    /// The optimizer of each network.
    public var optimizers: [Adam] { Side.allCases.map(settings[OptimizerSettings.self].adam) }

    /// The share of its learning rate that a network has in an iteration.
    public func rateShare(at iteration: Int) -> Float {
        settings[OptimizerSettings.self].learningRateShare(at: iteration)
    }

    /// The largest weight that each network may have; nil: any.
    public var weightClips: [Float?] { [step.weightClip, nil] }

    /// The moving average that each network keeps; nil for those that keep none.
    public var averages: [MovingAverage?] {
        [nil, MovingAverage(decay: settings[OptimizerSettings.self].emaDecay)]
    }

    /// Floats in a chunk, the unit in which networks are cut into slices and messages.
    public var floatsPerChunk: Int { settings.chunk * 1024 / MemoryLayout<Float>.stride }

    public var steps: Int { schedule.firstStep(of: settings.iterations) }

    /// The shape of an example.
    public var example: Shape { recipe.example(settings) }

    /// Classes of its examples; 0: none are known.
    public var classes: Int { recipe.classes(settings) }

    /// Whether its networks are told classes.
    public var isConditional: Bool { settings.isConditional }

    /// The class of sample number `number`, where the generator draws by class: each in turn.
    public func label(ofSample number: Int) -> Int { number % max(1, classes) }

    /// The class of a name or a number.
    ///
    /// The names are those of the classes, by number; they are empty where classes have none. Where they are numbers
    /// themselves, they alone are meant.
    ///
    /// - Throws: ``RecipeError`` where there is none, or networks are not told classes.
    public func label(called text: String, among names: [String]) throws -> Int {
        guard isConditional else {
            throw RecipeError(
                "--class: expected a run that draws by class, found \(recipe.name); 'fashion-conditional' does"
            )
        }
        if let label = names.firstIndex(of: text) { return label }
        let hasOtherNames = names.allSatisfy { Int($0) == nil }
        if hasOtherNames, let label = Int(text), (0..<classes).contains(label) { return label }
        guard !names.isEmpty else {
            throw RecipeError(
                "--class: expected 0 to \(classes - 1), since the run has no classes.json that names its classes, found \(text)"
            )
        }
        throw RecipeError(
            "--class: expected the name of a class\(hasOtherNames ? " or 0 to \(classes - 1)" : ""), found \(text)\(suggestion(for: text, among: names.map(shown)))"
        )
    }

    /// Opens a part of the recipe's data.
    ///
    /// Classes come with the examples if they are labelled; nil means where the networks are told them.
    public static func openData(
        _ recipe: Recipe, _ settings: Settings, _ request: DataRequest, isLabelled: Bool? = nil
    ) throws -> any Dataset {
        var request = request
        request.isLabelled = isLabelled ?? settings.isConditional
        request.settings = settings
        request.classes = recipe.classes(settings)
        request.random = RandomSource(seed: UInt64(settings.seed))
        let dataset = try recipe.openData(request)
        try recipe.check(dataset, try settings.decided(by: dataset, for: recipe))
        return dataset
    }
}

extension Settings {
    /// The same settings, but for those that the data decide.
    fileprivate func decided(by data: any Dataset, for recipe: Recipe) throws -> Settings {
        var settings = self
        for (name, value) in data.decidedSettings { try settings.set(name, to: value, for: recipe) }
        return settings
    }
}

// The text of `run.yaml`, and the identity that workers and checkpoints are held to.
extension Run {
    /// The format of `run.yaml` and of checkpoints, and the arithmetic of a step; another number, other bits.
    public static let format = 7
    /// Examples that data can have.
    private static let mostExamples = 1 << 40

    /// The hash of all that decides the weights.
    ///
    /// Where to stop and how often to save do not.
    public var identity: Digest {
        SHA256.digest(of: text(\.isIdentity))
    }

    /// The text of `run.yaml`.
    public var yaml: String {
        "# Everything that is needed to repeat this run.\n" + text { _ in true }
    }

    private func text(_ isIncluded: (Settings.Field) -> Bool) -> String {
        var lines = ["format: \(Self.format)", "recipe: \(recipe.name)"]
        for field in settings.fields where isIncluded(field) {
            lines.append("\(field.name): \(settings[field])")
        }
        lines.append("data-count: \(manifest.counts.map(String.init).joined(separator: ", "))")
        lines.append("data-sha256: \(manifest.digest)")
        if let start { lines.append("start-sha256: \(start)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads what ``yaml`` wrote; errors call the text by its source.
    ///
    /// - Throws: ``RecipeError`` or ``/Adversarial/SettingError`` for a text that describes no run of these recipes.
    public init(yaml: String, source: String, among recipes: [Recipe]) throws {
        var entries = try Self.entries(ofYAML: yaml, source: source)
        func take(_ name: String) throws -> String {
            guard let value = entries.removeValue(forKey: name) else {
                throw RecipeError("\(source): expected an entry '\(name)', found none")
            }
            return value
        }
        let format = try take("format")
        guard format == String(Self.format) else {
            throw RecipeError(
                "\(source): expected format \(Self.format), found \(format); another version of swiftgan wrote it"
            )
        }
        let recipe = try recipes.named(try take("recipe"))
        let count = try take("data-count")
        let hash = try take("data-sha256")
        let counts = count.split(separator: ", ", omittingEmptySubsequences: false).map {
            Int($0) ?? 0
        }
        guard counts.allSatisfy((1...Self.mostExamples).contains),
            let digest = Digest(hexadecimal: hash)
        else {
            throw RecipeError(
                "\(source): expected data-count from 1 to \(Self.mostExamples) and a SHA-256 as data-sha256, found '\(count)' and '\(hash)'"
            )
        }
        let start = try entries.removeValue(forKey: "start-sha256").map { text in
            guard let digest = Digest(hexadecimal: text) else {
                throw RecipeError("\(source): expected a SHA-256 as start-sha256, found '\(text)'")
            }
            return digest
        }
        var settings = recipe.defaults
        try settings.set(entries, from: source, for: recipe, among: recipes)
        for field in settings.fields { _ = try take(field.name) }
        try self.init(
            recipe: recipe, settings: settings,
            manifest: DataManifest(counts: counts, digest: digest),
            start: start)
    }

    /// Bytes of a text with settings, at most: forty times the longest that we write.
    private static let largestText = 64 << 10
    /// Bytes of a name.
    private static let longestName = 256
    /// Bytes of a value: what a row of a thousand columns is made of takes half of it.
    private static let longestValue = 8 << 10

    /// The entries of a flat YAML mapping, as text.
    public static func entries(ofYAML yaml: String, source: String) throws -> [String: String] {
        guard yaml.utf8.count <= largestText else {
            throw RecipeError(
                "\(source): expected at most \(largestText) bytes of YAML, found \(yaml.utf8.count)"
            )
        }
        // A few lines of aliases to aliases stand for more than can be compared; a flat mapping needs none.
        guard !yaml.contains("&") || !yaml.contains("*") else {
            throw RecipeError("\(source): expected neither anchors nor aliases, found & and *")
        }
        let node: Node?
        do { node = try compose(yaml: yaml) } catch {
            let reason = "\(error)".prefix { !$0.isNewline }.prefix(200)
            throw RecipeError("\(source): expected YAML, found \(reason)")
        }
        guard let mapping = node?.mapping else {
            throw RecipeError("\(source): expected lines of 'name: value', found none")
        }
        var entries: [String: String] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, let text = value.scalar?.string else {
                throw RecipeError(
                    "\(source): expected lines of 'name: value', found something nested")
            }
            guard isLine(name, of: longestName), isLine(text, of: longestValue) else {
                throw RecipeError(
                    "\(source): expected a name of at most \(longestName) bytes in a line, and a value of at most \(longestValue), found \(name.utf8.count) and \(text.utf8.count)"
                )
            }
            entries[name] = text
        }
        return entries
    }

    /// Whether a text is one line of some bytes at most.
    private static func isLine(_ text: String, of bytes: Int) -> Bool {
        text.utf8.count <= bytes && !text.contains(where: \.isNewline)
    }
}

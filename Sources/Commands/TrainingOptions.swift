import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Evaluation
import Foundation
import PretrainedNetworks
import Platform
import Recipes
import Tensors

/// What every command takes that leads a run.
struct TrainingOptions: ParsableArguments {
    @Argument(help: "What to train; 'swiftgan recipes' lists them.")
    var recipe: String

    @Option(help: "Folder of the data set, where it is not where its package puts it.")
    var data: String?

    @Flag(
        help:
            "Refuse damaged examples, and other files among pictures, which are passed over otherwise."
    )
    var strict = false

    @Option(help: "Folder of the run. (default: runs/RECIPE)")
    var output: String?

    @Flag(
        help:
            "Go on with the run in that folder, from its newest checkpoint; begin it where there is none yet."
    )
    var resume = false

    @Option(parsing: .unconditional, help: "Iterations to train.")
    var iterations: String?

    @Option(
        parsing: .unconditional,
        help:
            "How many of the newest checkpoints stay on disk; the best one and the last healthy one stay, too. (default: 3)"
    )
    var keep: String?

    @Option(parsing: .unconditional, help: "Examples an iteration.")
    var batchSize: String?

    @Option(
        parsing: .unconditional,
        help: "Examples that a lane computes at once; divides the batch size.")
    var microbatch: String?

    @Option(parsing: .unconditional, help: "The run's only source of randomness.")
    var seed: String?

    @Option(help: "float32, or bfloat16 for what matrix products and most convolutions multiply.")
    var precision: String?

    @Option(
        help:
            "avx2 or avx512 (without AMX): keep all hosts of the run to these vector instructions, so that different processors may join, and the same weights come out on all. (default: native, all that they have)"
    )
    var isa: String?

    @Option(help: "YAML file with settings by name; another run's run.yaml repeats that run.")
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "One more setting; 'swiftgan recipes RECIPE' lists them.", valueName: "name=value"))
    var settings: [String] = []

    @Flag(
        help:
            "Measure each checkpoint, as 'swiftgan evaluate' does; metrics are in evaluations.jsonl."
    )
    var evaluate = false

    @Option(
        help: ArgumentHelp(
            "End the run when this metric, such as frechet-distance, has not become better; implies --evaluate.",
            valueName: "metric"))
    var stopOn: String?

    @Option(
        help:
            "What makes features of images: a file of 'train-extractor', a network that was exported as FILE.onnx, or 'random'. (default: what suits the recipe)"
    )
    var extractor: String?

    @Option(
        parsing: .unconditional,
        help: "How many evaluations may pass without a better metric, for --stop-on.")
    var patience = 5

    @Option(
        help:
            "What to do when samples miss a part of the data or are too much alike: warn, stop, or remedy (go back to the last healthy checkpoint and strengthen the recipe). Implies --evaluate."
    )
    var onCollapse: CollapseResponse?

    var outputPath: String { output ?? "runs/\(recipe)" }

    /// The run that these options describe, its data, opened, and what makes the features that it is measured by; nil where it is
    /// not measured, or needs none.
    ///
    /// What can be refused without the data is refused before they are read.
    func resolve() throws -> (
        run: Run, dataset: any Dataset, extractor: (any FeatureExtractor)?
    ) {
        let recipe = try Program.recipes.named(recipe)
        var settings = try resumed(recipe) ?? recipe.defaults
        let otherData = try config.flatMap { try apply($0, to: &settings, of: recipe) }
        for assignment in self.settings {
            let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw RecipeError("--set: expected name=value, found '\(assignment)'")
            }
            try settings.set(parts[0], to: parts[1], for: recipe, among: Program.recipes)
        }
        for (name, value) in [
            ("iterations", iterations), ("keep", keep), ("batch-size", batchSize),
            ("microbatch", microbatch), ("seed", seed), ("precision", precision), ("isa", isa),
        ] {
            if let value {
                try settings.set(name, to: value, for: recipe, among: Program.recipes)
            }
        }
        try settings.validate(for: recipe)
        try settings.instructions.limitProcess()
        let extractor = try checkedExtractor(recipe, settings)
        var request = DataRequest(path: data)
        request.isStrict = strict
        request.say = { Console().say($0) }
        let dataset = try Run.openData(recipe, settings, request)
        for note in dataset.notes { Console().say(note) }
        if let config, let otherData, otherData != "\(dataset.manifest.digest)" {
            Console().say(
                "\(config) is of a run on other data (\(otherData.prefix(12))…) than this (\("\(dataset.manifest.digest)".prefix(12))…): the weights will differ"
            )
        }
        return (
            try Run(recipe: recipe, settings: settings, data: dataset), dataset,
            extractor
        )
    }

    /// What of a run's data stays with it.
    func extract(of run: Run, _ dataset: any Dataset) throws -> DataExtract {
        try DataExtract(of: run, dataset) {
            var request = DataRequest(path: data, part: .heldOut)
            request.isStrict = strict
            return try Run.openData(run.recipe, run.settings, request)
        }
    }

    private var isMeasured: Bool { evaluate || stopOn != nil || onCollapse != nil }

    /// What makes the features that the run is measured by, once all that is asked of measures can be had.
    private func checkedExtractor(_ recipe: Recipe, _ settings: Settings) throws
        -> (any FeatureExtractor)?
    {
        guard isMeasured else {
            guard let extractor else { return nil }
            throw RecipeError(
                "--extractor: expected --evaluate beside it, found '\(extractor)' alone; nothing would be measured"
            )
        }
        guard (1...10_000).contains(patience) else {
            throw RecipeError("--patience: expected 1 to 10000, found \(patience)")
        }
        let found = try recipe.extractor(named: extractor, settings)
        let names = try recipe.metrics(settings, extractor: found).map(\.name)
        if let stopOn, !names.contains(stopOn) {
            throw RecipeError(
                "--stop-on: expected one of \(names.joined(separator: ", ")), found '\(stopOn)'")
        }
        if onCollapse != nil, !Sentinel.canJudge(by: names) {
            throw RecipeError(
                "--on-collapse: expected a recipe that measures a sign of collapse (\(Sentinel.signs.joined(separator: ", "))), found \(recipe.name)"
            )
        }
        return found
    }

    /// How the run is measured on the way; nil: not at all.
    func watch(_ run: Run, by extractor: (any FeatureExtractor)?) throws -> Watch? {
        guard isMeasured else { return nil }
        return Watch(
            evaluation: try RunEvaluation(
                of: run, count: run.recipe.usualCount, seed: 0,
                extractor: extractor, path: data),
            stopping: stopOn.map { EarlyStopping(on: $0, patience: patience) },
            stopsOnCollapse: onCollapse == .stop || onCollapse == .remedy)
    }

    /// A run goes on with the settings it has.
    private func resumed(_ recipe: Recipe) throws -> Settings? {
        let path = "\(outputPath)/run.yaml"
        guard resume, let yaml = try? String(contentsOfFile: path, encoding: .utf8) else {
            return nil
        }
        let run = try Run(yaml: yaml, source: path, among: Program.recipes)
        guard run.recipe.name == recipe.name else {
            throw FolderError(
                "\(outputPath): expected a run of \(recipe.name), found one of \(run.recipe.name); --output picks another folder"
            )
        }
        return run.settings
    }

    /// Takes over the settings of a file.
    ///
    /// - Returns: The hash of the data that it names; nil where it names none.
    private func apply(_ path: String, to settings: inout Settings, of recipe: Recipe) throws
        -> String?
    {
        guard let yaml = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw RecipeError("\(path): expected a readable YAML file, found none")
        }
        var entries = try Run.entries(ofYAML: yaml, source: path)
        if let found = entries.removeValue(forKey: "recipe"), found != recipe.name {
            throw RecipeError("\(path): expected recipe \(recipe.name), found \(found)")
        }
        let data = entries.removeValue(forKey: "data-sha256")
        for name in ["format", "data-count", "start-sha256"] { entries[name] = nil }
        try settings.set(entries, from: path, for: recipe, among: Program.recipes)
        return data
    }
}

/// What a run does when its generator collapses.
enum CollapseResponse: String, ExpressibleByArgument, CaseIterable {
    case warn, stop, remedy
}

/// How many lanes a process has if `--lanes` is not given.
let defaultLanes = Processors.available

/// Refuses a number of threads that cannot compute, or that the system does not allow.
package func requireLanes(_ lanes: Int) throws {
    guard (1...1024).contains(lanes) else {
        throw RecipeError("--lanes: expected 1 to 1024, found \(lanes)")
    }
    try requireSystem(lanes: lanes)
}

/// Refuses what the system has too few threads or descriptors for: libraries that ask for some would wait for ever, or abort.
func requireSystem(lanes: Int) throws {
    // Loops, reader, recorder, ZeroMQ's three, what watches signals and processes, and a few that read files.
    let others = Array(repeating: SystemThread.usualStack, count: 16)
    let allowed = SystemThread.allowed(
        others + Array(repeating: Lane.stackBytes, count: lanes))
    guard allowed == lanes + others.count else {
        throw Departure.threads(lanes: lanes, others: others.count, allowed: allowed)
    }
    let descriptors = 64
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard limit.rlim_cur >= descriptors else {
        throw Departure.configuration(
            "expected that \(descriptors) descriptors may be open at once, found \(limit.rlim_cur); 'ulimit -n \(descriptors)' or more allows it"
        )
    }
}

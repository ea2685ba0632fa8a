internal import Adversarial
internal import Cluster
internal import Datasets
internal import Foundation
internal import Hashing
internal import Recipes

/// Trains a run in a folder as `train` does, or goes on with the one that is there.
struct Training {
    let output: String
    let recipes: [Recipe]
    let lanes: Int
    let ending: Ending
    let observing: @Sendable (Run) -> @Sendable (RunEvent) -> Void
    let say: @Sendable (String) -> Void

    /// What makes further pictures of a class: trained on other classes, or a run that was.
    ///
    /// - Parameters:
    ///   - base: The folder of these classes, or of the run.
    ///   - known: Pictures that it must not learn from.
    func variations(
        of base: String, side: Int, leavingOut known: Set<Digest>, _ request: Augmenter.Request
    ) throws -> (run: OpenedRun, folder: String) {
        if FileManager.default.fileExists(atPath: "\(base)/run.yaml") {
            return (try OpenedRun(folder: base, among: recipes), base)
        }
        let recipe = Recipe.variations
        var settings = recipe.defaults
        settings[ImageSettings.self].resolution = side
        settings.seed = request.seed
        if let iterations = request.iterations {
            settings.iterations = iterations
            settings[OptimizerSettings.self].annealing = iterations
        }
        try settings.validate(for: recipe)
        func open(_ part: PicturePart) throws -> ClassMates {
            try ClassMates(path: base, side: side, part: part, leavingOut: known, say: say)
        }
        let data = try open(.training)
        for note in data.notes { say(note) }
        return (
            try trained(
                Run(recipe: recipe, settings: settings, data: data), data,
                heldOut: { try open(.heldOut) }), output
        )
    }

    /// What draws pictures by class.
    func conditional(
        _ data: ConditionalPictures, classes: Int, _ request: Augmenter.Request, isOfFew: Bool
    ) throws -> SampleSource {
        let settings = Settings.conditional(
            classes: classes, side: request.side, iterations: request.iterations ?? 4_000,
            seed: request.seed, isOfFew: isOfFew)
        let run = try Run(recipe: .imageFolder, settings: settings, data: data)
        return try trained(run, data, heldOut: { data }).sampleSource(in: output)
    }

    private func trained(
        _ run: Run, _ data: any Dataset, heldOut: () throws -> any Dataset
    ) throws -> OpenedRun {
        say("training \(run.recipe.name) for \(run.settings.iterations) iterations in \(output)")
        _ = try OneProcess(
            run: run, dataset: data, lanes: lanes, output: output, isResuming: true,
            extract: DataExtract(of: run, data, heldOut: heldOut), ending: ending,
            observe: observing(run)
        ).train()
        return try OpenedRun(folder: output, among: [run.recipe])
    }
}

import Adversarial
import ArgumentParser
import Cluster
import PictureEditing
import Pictures
import Recipes

/// The options that the commands share which change a picture with the generator of a run.
struct PictureOptions: ParsableArguments {
    @Argument(help: "The run's folder.")
    var folder: String

    @Argument(help: "The picture: a PNG, JPEG or WebP file.")
    var picture: String

    @Option(
        help: "The result, a file that ends in .png, or .jpg for one without transparency.")
    var output: String

    @Option(parsing: .unconditional, help: "The iteration of the checkpoint. (default: the newest)")
    var iteration: Int?

    @Option(
        parsing: .unconditional,
        help: "Threads that compute. (default: as many as processors are allowed)")
    var lanes: Int?

    @Flag(help: "Take pictures of more than 67 megapixels, too, up to a gigapixel.")
    var large = false

    /// The run, opened; its newest checkpoint if no other is asked for.
    func open() throws -> OpenedRun {
        // An unfinished picture is removed.
        _ = Ending.onTermination()
        let lanes = lanes ?? defaultLanes
        try requireLanes(lanes)
        try requireWritableFile(output, option: "--output")
        return try OpenedRun(folder: folder, among: Program.recipes, iteration: iteration)
    }

    /// The picture, read whole.
    func read() throws -> EditablePicture {
        try EditablePicture(path: picture, allowsLarge: large)
    }

    /// The generator of a run, if its game is of a kind.
    ///
    /// - Throws: ``RecipeError`` that names the command for such runs.
    func generator<Game>(of opened: OpenedRun, as _: Game.Type, for command: String) throws
        -> Generator<Game>
    {
        guard let game = opened.run.step.game as? Game else {
            throw wrongCommand(for: opened.run, command)
        }
        return Generator(
            game, try opened.sampledWeights(in: folder), opened.run.settings.precision,
            lanes: lanes ?? defaultLanes)
    }

    /// Says which command a run is for, if there is one.
    func wrongCommand(for run: Run, _ command: String) -> RecipeError {
        let own: String? =
            switch run.step.game {
            case is any EnlargesPictures: "enlarge"
            case is any FillsHoles, is any ColoursPictures: "edit"
            case is any TranslatesPictures: "translate"
            case is any VariesPictures: "augment --base"
            default: nil
            }
        let advice = own.map { "'swiftgan \($0)' takes this run" } ?? "it draws samples alone"
        return RecipeError(
            "\(folder): expected a run that '\(command)' can use, found one of \(run.recipe.name); \(advice)"
        )
    }
}

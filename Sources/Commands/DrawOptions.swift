import ArgumentParser

/// The options that the commands share which draw samples of a run.
struct DrawOptions: ParsableArguments {
    @Argument(help: "The run's folder.")
    var folder: String

    @Option(parsing: .unconditional, help: "The iteration of the checkpoint. (default: the newest)")
    var iteration: Int?

    @Option(
        name: .customLong("class"), parsing: .unconditional,
        help: "The class to draw, of a run that draws by class: its name, or its number.")
    var label: String?
}

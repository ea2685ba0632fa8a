import Adversarial
import ArgumentParser
import Cluster
import DataAugmentation
import Recipes

struct AugmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "augment",
        abstract: "Make more labelled pictures of few, and measure whether they help a classifier.",
        discussion: """
            LABELLED has a folder of pictures for each class. What can be gained depends on what there is beside them:

              swiftgan augment labelled --base other-classes --output more     other classes, of many pictures each: how members of a
                                                                               class vary is learned from these (most to gain)
              swiftgan augment labelled --unlabelled pool --output more        many pictures without labels: they are named first
              swiftgan augment labelled --output more                          neither: little is to be expected

            OUTPUT gets CLASS/0001.png and so on, and report.md: how good a classifier becomes with and without them. A call that was cut
            short goes on when it is repeated.
            """)

    @Argument(help: "Folder of the labelled pictures, in which each class is a folder.")
    var labelled: String

    @Option(
        help:
            "Folder of other classes with many pictures each, or the folder of a run of variations that has learned from such."
    )
    var base: String?

    @Option(help: "Folder of pictures without labels.")
    var unlabelled: String?

    @Option(
        help:
            "Folder of other pictures of the same classes, to measure by. (default: with --base, folds of the labelled ones)"
    )
    var test: String?

    @Option(parsing: .unconditional, help: "How many pictures are made of each class.")
    var perClass = 1_000

    @Option(help: "Folder that gets the pictures, the report and the run.")
    var output: String

    @Option(parsing: .unconditional, help: "How often the classifiers of the report are trained.")
    var draws = 5

    @Flag(help: "Make the pictures, and measure nothing.")
    var noReport = false

    @Option(parsing: .unconditional, help: "Pixels a side of all pictures: 16, 32, 64 or 128.")
    var side = 32

    @Option(
        parsing: .unconditional,
        help: "Iterations in which the GAN learns. (default: 5000 with --base, otherwise 4000)")
    var iterations: Int?

    @Option(parsing: .unconditional, help: "Steps of 64 pictures in which each classifier learns.")
    var steps = 800

    @Option(parsing: .unconditional, help: "The only source of randomness.")
    var seed = 1

    @Option(
        parsing: .unconditional,
        help: "Threads that compute; any number gives the same pictures and the same report.")
    var lanes = defaultLanes

    func run() throws {
        try reportingErrors {
            try requireLanes(lanes)
            try checkOptions()
            let ending = Ending.onTermination()
            let console = Console()
            var request = Augmenter.Request(labelled: labelled, output: output)
            (request.base, request.unlabelled, request.test) = (base, unlabelled, test)
            (request.perClass, request.draws) = (perClass, noReport ? 0 : draws)
            (request.side, request.iterations, request.steps) = (side, iterations, steps)
            (request.seed, request.lanes) = (seed, lanes)
            try Augmenter(
                request, among: Program.recipes, ending: ending,
                observing: { run in
                    let console = Console(batch: run.settings.batchSize)
                    return { console.observe($0) }
                }, say: { console.say($0) }
            ).run()
        }
    }

    private func checkOptions() throws {
        guard base == nil || unlabelled == nil else {
            throw RecipeError("augment: expected --base or --unlabelled, found both")
        }
        guard [16, 32, 64, 128].contains(side) else {
            throw RecipeError("--side: expected 16, 32, 64 or 128, found \(side)")
        }
        for (option, value, range) in [
            ("--per-class", perClass, 1...100_000), ("--draws", draws, 1...100),
            ("--iterations", iterations ?? 1, 1...1_000_000_000),
            ("--steps", steps, 1...1_000_000), ("--seed", seed, 0...Int.max),
        ] where !range.contains(value) {
            throw RecipeError(
                "\(option): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
    }
}

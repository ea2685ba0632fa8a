import Adversarial
import ArgumentParser
import Cluster
import Platform
import Recipes

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract:
            "Draw samples from a run: on one PNG, or a file each; of music, as MIDI, too; of clips, animated; of tables, as CSV."
    )

    @OptionGroup var drawn: DrawOptions

    @Option(parsing: .unconditional, help: "How many samples.")
    var count = 64

    @Option(parsing: .unconditional, help: "Which samples: sample i of a seed is always the same.")
    var seed: UInt64 = 0

    @Option(
        parsing: .unconditional,
        help:
            "Of clips, the seed of how things move; another shows the same things in other motion.")
    var motionSeed: UInt64?

    @Option(
        parsing: .unconditional,
        help: "Deviation of latent vectors: below 1, samples are more alike, and often better.")
    var truncation: Float = 1

    @Option(
        name: .customLong("where"), parsing: .unconditionalSingleValue,
        help:
            "Of tables, what a row must meet, such as 'age>=60' or city=Paris; several may be given, and rows that do not meet all are drawn again."
    )
    var conditions: [String] = []

    @Option(
        help:
            "FILE.png, FILE.mid for music, FILE.csv for tables, or a folder for a file of each sample (of clips, a folder of frames); one that is not there yet ends in /."
    )
    var output: String?

    func run() throws {
        try reportingErrors {
            guard sampleCounts.contains(count) else {
                throw RecipeError(
                    "--count: expected 1 to \(sampleCounts.upperBound), found \(count)")
            }
            guard truncation > 0, truncation <= 1 else {
                throw RecipeError(
                    "--truncation: expected above 0 and at most 1, found \(truncation)")
            }
            var draw = Draw(seed: seed)
            draw.truncation = truncation
            draw.motionSeed = motionSeed
            // An unfinished picture is removed.
            _ = Ending.onTermination()
            if let output { try requireSampleOutput(output, among: Program.recipes) }
            let (iteration, path, number) = try drawSamples(
                fromRunIn: drawn.folder, among: Program.recipes, iteration: drawn.iteration,
                count: count, draw, label: drawn.label, where: conditions, to: output)
            let share = conditions.isEmpty ? "" : ", \(counted(number, "row")) drawn for them"
            Console().say(
                "\(counted(count, "sample")) of iteration \(iteration) in \(path)\(share)")
        }
    }
}

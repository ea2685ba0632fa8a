import ArgumentParser
import Cluster
import Recipes

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw samples from a run, as a PNG; of music, as a MIDI file, too.")

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The iteration of the checkpoint. (default: the newest)")
    var iteration: Int?

    @Option(help: "How many samples.")
    var count = 64

    @Option(help: "Which samples: sample i of a seed is always the same.")
    var seed: UInt64 = 0

    @Option(
        name: .customLong("class"),
        help: "The class to draw, of a run that draws by class: its name, or its number.")
    var label: String?

    @Option(help: "The PNG file; of music, a name that ends in .mid makes a MIDI file.")
    var output = "samples.png"

    func run() throws {
        try reportingErrors {
            guard (1...10_000).contains(count) else {
                throw RecipeError("--count: expected 1 to 10000, found \(count)")
            }
            let iteration = try drawSamples(
                fromRunIn: folder, iteration: iteration, count: count, seed: seed, label: label,
                to: output)
            Console().say("\(count) samples of iteration \(iteration) in \(output)")
        }
    }
}

import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Evaluation
import Pictures
import Recipes

struct InterpolateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interpolate",
        abstract: "Show how samples of one seed turn into those of the next, as an animated PNG.",
        discussion: """
            A generator that has learned what pictures have in common turns one into another by way of others; one that knows its
            training pictures by heart jumps.

              swiftgan interpolate runs/fashion --seeds 1,2,3 --output morph.png
            """)

    @OptionGroup var drawn: DrawOptions

    @Option(
        help: "Seeds of the samples, in their order, as in 1,2,3; after the last comes the first.")
    var seeds: String

    @Option(help: "The result, a file that ends in .png; browsers play it.")
    var output: String

    @Option(parsing: .unconditional, help: "Frames from a seed to the next.")
    var frames = 16

    func run() throws {
        try reportingErrors {
            let numbers = seeds.split(separator: ",").map { UInt64($0) }
            let seeds = numbers.compactMap { $0 }
            guard seeds.count == numbers.count, seeds.count > 1 else {
                throw RecipeError(
                    "--seeds: expected two numbers at least, as in 1,2, found '\(self.seeds)'")
            }
            guard (1...1_000).contains(frames) else {
                throw RecipeError("--frames: expected 1 to 1000, found \(frames)")
            }
            guard output.lowercased().hasSuffix(".png") else {
                throw RecipeError("--output: expected a name that ends in .png, found \(output)")
            }
            try requireWritableFile(output, option: "--output")
            // An unfinished picture is removed.
            _ = Ending.onTermination()
            let opened = try OpenedRun(
                folder: drawn.folder, among: Program.recipes, iteration: drawn.iteration)
            let recipe = opened.run.recipe
            guard recipe.kind == .image, !opened.run.samplesNeedExamples else {
                throw RecipeError(
                    "\(drawn.folder): expected a run that draws pictures from latent vectors, found one of \(recipe.name)"
                )
            }
            let label = try drawn.label.map { try opened.label(called: $0, in: drawn.folder) }
            let source = try opened.sampleSource(in: drawn.folder)
            var film: AnimatedPNG?
            for (seed, next) in zip(seeds, seeds.dropFirst() + [seeds[0]]) {
                for frame in 0..<frames {
                    var draw = Draw(seed: seed)
                    (draw.other, draw.share) = (next, Float(frame) / Float(frames))
                    let sample = try source.samples(0..<1, draw, label: label)
                    let picture = Picture.images(sample)[0]
                    let all =
                        try film
                        ?? AnimatedPNG(
                            path: output, width: picture.width, height: picture.height,
                            channels: picture.channels, milliseconds: 60)
                    try all.add(picture)
                    film = all
                }
            }
            try film?.finish()
            try tell("\(seeds.count * frames) frames of iteration \(opened.iteration) in \(output)")
        }
    }
}

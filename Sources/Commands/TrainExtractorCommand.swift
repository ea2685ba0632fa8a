import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Evaluation
import Foundation
import PretrainedNetworks
import Recipes
import Tensors

struct TrainExtractorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-extractor",
        abstract: "Train a classifier on a recipe's data, whose features measures compare.")

    @Argument(help: "The recipe whose labelled images it learns.")
    var recipe: String

    @Option(help: "Folder of the data set, where it is not where its package puts it.")
    var data: String?

    @Option(parsing: .unconditional, help: "Pixels a side, of a recipe that can have several.")
    var resolution: String?

    @Option(parsing: .unconditional, help: "Classes, of a recipe that can have any number of them.")
    var classes: String?

    @Option(parsing: .unconditional, help: "How often it sees each image.")
    var epochs = 10

    @Option(parsing: .unconditional, help: "The only source of randomness.")
    var seed: UInt64 = 1

    @Option(help: "The file to write. (default: RECIPE.safetensors)")
    var output: String?

    func run() throws {
        try reportingErrors {
            guard (1...1000).contains(epochs) else {
                throw RecipeError("--epochs: expected 1 to 1000, found \(epochs)")
            }
            try requireSystem(lanes: 0)
            let recipe = try Program.recipes.named(recipe)
            var settings = recipe.defaults
            for (name, value) in [("resolution", resolution), ("classes", classes)] {
                if let value {
                    try settings.set(name, to: value, for: recipe, among: Program.recipes)
                }
            }
            try settings.validate(for: recipe)
            let classes = recipe.classes(settings)
            guard (2...1000).contains(classes), recipe.field(settings).imageShape != nil else {
                throw RecipeError(
                    "train-extractor: expected a recipe of images or clips with 2 to 1000 classes (--classes where they are folders), found \(recipe.name)"
                )
            }
            let path = output ?? "\(recipe.name).safetensors"
            guard path.hasSuffix(".safetensors") else {
                throw RecipeError(
                    "--output \(path): expected a name that ends in .safetensors, found another")
            }
            try requireWritableFile(path, option: "--output")
            func open(_ part: DataRequest.Part) throws -> any Dataset {
                var request = DataRequest(path: data, part: part)
                request.say = { Console().say($0) }
                return try Run.openData(recipe, settings, request, isLabelled: true)
            }
            let classifier = try TrainedClassifier(
                training: try open(.training), heldOut: try open(.heldOut), recipe: recipe.name,
                classes: classes, epochs: epochs, random: RandomSource(seed: seed)
            ) { epoch, loss in Console().say("epoch \(epoch)/\(epochs)  loss \(loss)") }
            try classifier.write(to: path)
            Console().say(
                "\(path): classifies \(String(format: "%.2f", classifier.accuracy * 100))% of held-out examples correctly"
            )
        }
    }
}

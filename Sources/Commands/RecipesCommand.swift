import Adversarial
import ArgumentParser
import Recipes

struct RecipesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipes",
        abstract: "List what can be trained, on what data, judged by what; or a recipe's settings.")

    @Argument(help: "The recipe whose settings are listed.")
    var recipe: String?

    func run() throws {
        try reportingErrors {
            if let recipe {
                let recipe = try Program.recipes.named(recipe)
                try describe(recipe)
                try tell("\nSettings, for --set name=value and for --config files:\n")
                for field in recipe.defaults.fields {
                    try tell("\(field.name): \(field.meaning)\n    \(recipe.defaults[field])")
                }
            } else {
                for recipe in Program.recipes { try describe(recipe) }
                try tell("\n'swiftgan recipes RECIPE' lists the settings of one.")
            }
        }
    }

    private func describe(_ recipe: Recipe) throws {
        try tell("\(recipe.name): \(recipe.summary)")
        try tell("  data:      \(recipe.data)")
        try tell("  judged by: \(recipe.criterion)")
    }
}

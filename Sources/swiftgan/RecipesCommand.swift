import Adversarial
import ArgumentParser
import Foundation
import Recipes

struct RecipesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipes", abstract: "List what can be trained, on what data, judged by what.")

    func run() throws {
        try reportingErrors {
            for recipe in Recipe.all {
                try tell("\(recipe.name): \(recipe.summary)")
                try tell("  data:      \(recipe.data)")
                try tell("  judged by: \(recipe.criterion)")
            }
            try tell("\nSettings, for --set name=value and for --config files:\n")
            let names = Recipe.all.map(\.name)
            for field in Settings.fields {
                try tell("\(field.name): \(field.meaning)")
                let values = Recipe.all.map { $0.defaults[field] }
                let common = values[0]
                let others = zip(names, values).filter { $1 != common }.map { "\($0) \($1)" }
                try tell("    " + ([common] + others).joined(separator: "; "))
            }
        }
    }
}

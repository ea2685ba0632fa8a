import Adversarial
import ArgumentParser
import Foundation
import Recipes

struct RecipesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipes", abstract: "List what can be trained, on what data, judged by what.")

    func run() {
        for recipe in Recipe.all {
            print("\(recipe.name): \(recipe.summary)")
            print("  data:      \(recipe.data)")
            print("  objective: \(recipe.objective.name)")
            print("  judged by: \(recipe.judgedBy)")
        }
        print("\nSettings, for --set name=value and for --config files:\n")
        let names = Recipe.all.map(\.name)
        print(padded("setting", 20) + names.map { padded($0, 10) }.joined() + "meaning")
        for field in Settings.fields {
            let values = Recipe.all.map { padded($0.defaults[field], 10) }.joined()
            print(padded(field.name, 20) + values + field.meaning)
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text.padding(toLength: max(width, text.count + 1), withPad: " ", startingAt: 0)
    }
}

import Adversarial
import Datasets
import Evaluation
import Hashing
import Recipes
import Tensors
import Testing

@Suite("Mistakes in recipes of one's own are told in one line")
struct RecipeChecksTests {
    private static func recipe(
        _ name: String = "mine", defaults: Settings = Recipe.ring.defaults,
        fields: [Field] = [.point], examples: Int = 100,
        depiction: any Depiction = .point(reach: 1)
    ) -> Recipe {
        Recipe(
            name: name, summary: "", data: "", defaults: defaults, makeFields: { _ in fields },
            openData: { _ in Zeros(count: examples) }, depiction: depiction)
    }

    private struct Zeros: Dataset {
        let count: Int
        let fields = [Field.point]
        var manifest: DataManifest {
            DataManifest(count: count, digest: SHA256.digest(of: "zeros"))
        }
        func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
            arrays[0][0] = 0
            arrays[0][1] = 0
        }
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing was thrown"
    }

    @Test("Two recipes of one name, and names that are none", arguments: ["", "my spiral", "Mine"])
    func names(name: String) {
        #expect(
            message { try [Self.recipe(), Self.recipe()].check() }
                == "mine: expected one recipe of this name, found two")
        #expect(
            message { try [Self.recipe(name)].check() }
                == "a recipe's name: expected small letters, digits and hyphens, found '\(name)'")
        #expect(throws: Never.self) { try [Recipe].builtIn.check() }
    }

    @Test("No fields, and a depiction that cannot show them")
    func fields() {
        #expect(
            message { try [Self.recipe(fields: [])].check() }.contains("makeFields to name a field")
        )
        #expect(
            message { try [Self.recipe(depiction: .image())].check() }.contains(
                "expected a depiction that shows samples of shape"))
    }

    @Test("A depiction that shows beside samples what the game does not make")
    func beside() throws {
        let recipe = Self.recipe(
            defaults: Recipe.emoji.defaults, fields: [.image([3, 32, 32])],
            depiction: .image(beside: ["mask"]))
        let run = try Run(
            recipe: recipe, settings: recipe.defaults,
            manifest: DataManifest(count: 1, digest: SHA256.digest(of: "none")))
        #expect(
            message { _ = try run.shownBesideSamples(among: ["image": Tensor(0)]) }
                == "mine: expected a game that makes 'mask', which its depiction shows beside samples, found image"
        )
    }

    @Test("Data of other fields than the recipe names, and data without examples")
    func data() {
        let other = Self.recipe(fields: [Field("place", [2], .numbers)])
        #expect(
            message {
                _ = try Run.openData(other, other.defaults, DataRequest(path: nil))
            }.contains("place"))
        let empty = Self.recipe(examples: 0)
        #expect(
            message { _ = try Run.openData(empty, empty.defaults, DataRequest(path: nil)) }
                == "mine: expected data with examples, found none")
    }

    @Test("Settings without those of the usual game")
    func groups() {
        let recipe = Self.recipe(defaults: Settings(CriticSettings()))
        #expect(
            message { try recipe.defaults.validate(for: recipe) }.contains(
                "expected NetworkSettings, CriticSettings and LatentSettings"))
    }
}

internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

// What can be wrong with a recipe is told before anything is trained.
extension [Recipe] {
    /// Checks what can be checked before one of them is chosen: names, and parts that must fit together.
    ///
    /// - Throws: ``RecipeError``.
    package func check() throws {
        var known = Set<String>()
        for recipe in self {
            let name = recipe.name
            guard name.wholeMatch(of: /[a-z0-9-]+/) != nil else {
                throw RecipeError(
                    "a recipe's name: expected small letters, digits and hyphens, found '\(name)'")
            }
            guard known.insert(name).inserted else {
                throw RecipeError("\(name): expected one recipe of this name, found two")
            }
            try recipe.check(recipe.defaults)
        }
    }
}

extension Recipe {
    /// Checks whether its fields can be shown as it says.
    ///
    /// - Throws: ``RecipeError``.
    func check(_ settings: Settings) throws {
        guard let first = fields(settings).first else {
            throw RecipeError("\(name): expected makeFields to name a field, found none")
        }
        guard depiction.shows(first.shape) else {
            throw RecipeError(
                "\(name): expected a depiction that shows samples of shape \(first.shape), such as .image() for [channels, height, width], .clip for [frames, channels, height, width] or .point(reach:) for [2], found \(depiction)"
            )
        }
    }

    /// Checks whether data are made of its fields.
    ///
    /// - Throws: ``RecipeError``.
    func check(_ dataset: any Dataset, _ settings: Settings) throws {
        let found = dataset.fields.filter { $0.kind != .label }
        let wanted = fields(settings)
        guard Set(found) == Set(wanted) else {
            throw RecipeError(
                "\(name): expected data of the fields that makeFields names, \(words(wanted)), found \(words(found))"
            )
        }
        guard dataset.count > 0 else {
            throw RecipeError("\(name): expected data with examples, found none")
        }
    }

    private func words(_ fields: [Field]) -> String {
        fields.map { "\($0.name) \($0.shape) of \($0.kind)" }.joined(separator: ", ")
    }
}

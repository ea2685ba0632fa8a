extension [Recipe] {
    /// The recipes that come with the program, in the order in which `recipes` lists them.
    ///
    /// A program of one's own adds to them: `SwiftGAN.main(recipes: .builtIn + [.mine])`.
    public static var builtIn: [Recipe] {
        [
            .ring,
            .grid,
            .fashion,
            .fashionConditional,
            .mnist,
            .stackedMNIST,
            .emoji,
            .cifar10,
            .imageFolder,
            .chorales,
            .superResolution,
            .inpainting,
            .colouring,
            .lines,
            .pairedTranslation,
            .translation,
            .variations,
            .movingClothes,
            .clips,
            .table,
        ]
    }

    /// The recipe of a name: one of these, or a workload to measure by.
    ///
    /// - Throws: ``RecipeError`` with the nearest name of these.
    public func named(_ name: String) throws -> Recipe {
        guard let recipe = (self + Recipe.workloads).first(where: { $0.name == name }) else {
            throw RecipeError(
                "no recipe is called '\(name.prefix(100))'\(suggestion(for: name, among: map(\.name)))"
            )
        }
        return recipe
    }
}

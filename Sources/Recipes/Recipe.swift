public import Adversarial
internal import Datasets
public import Evaluation
internal import NeuralNetworks
public import Tensors

/// What one can train: data, two networks, an objective, and what the result is judged by.
public struct Recipe: Sendable {
    public let name: String
    public let summary: String
    /// What data it reads, and what brings it.
    public let data: String
    /// The measure that says whether training succeeded.
    public let judgedBy: String
    public let defaults: Settings
    public let objective: Objective
    let openData: @Sendable (_ path: String?, _ random: RandomSource) throws -> any Dataset
    let networks: @Sendable (_ settings: Settings) -> (discriminator: Network, generator: Network)
    /// Shows samples, `[count, …]`, to a person.
    public let picture: @Sendable (_ samples: NDArray) -> Picture

    public static let all: [Recipe] = [.fashion, .ring]

    /// The recipe of a name.
    ///
    /// - Throws: ``RecipeError`` with the nearest name.
    public static func named(_ name: String) throws -> Recipe {
        guard let recipe = (all + workloads).first(where: { $0.name == name }) else {
            throw RecipeError(
                "no recipe is called '\(name)'\(suggestion(for: name, among: all.map(\.name)))")
        }
        return recipe
    }
}

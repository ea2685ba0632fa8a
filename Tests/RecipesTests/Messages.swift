import Adversarial
import Datasets
import NeuralNetworks
import Recipes
import Tensors

extension Run {
    /// The weights that both networks begin with.
    var initialWeights: [NetworkWeights] {
        networks.enumerated().map { number, network in
            network.weights(in: network.initialWeights(step.random, number: number))
        }
    }

    /// What one leaf contributes to its turn's side.
    func message(
        _ turn: Turn, _ positions: Range<Int>, weights: [NetworkWeights],
        reals: @escaping () throws -> Examples
    ) throws -> [Float] {
        let leaf = Leaf(
            step, turn, positions: positions, weights: { weights[$0.rawValue] }, reals: reals)
        return try step.message(of: leaf).scalars
    }

    /// Made-up real examples, all of one value, or as `values` says, with classes in turn where networks are told them.
    func examples(_ count: Int, _ values: [Float]? = nil) -> Examples {
        let shape = Shape([count] + example)
        let array =
            values.map { NDArray($0, shape: shape) } ?? NDArray(repeating: 0.5, shape: shape)
        let examples: Examples = [recipe.field(settings).name: Tensor(array)]
        return isConditional
            ? examples.with(labels: (0..<count).map { $0 % max(1, classes) }) : examples
    }
}

import Adversarial
import Datasets
import NeuralNetworks
import Recipes
import Tensors
import Testing

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
        let examples = Examples(
            recipe.fields(settings).map { field in
                let shape = Shape([count] + field.shape)
                let array =
                    values.map { NDArray($0, shape: shape) }
                    ?? NDArray(repeating: 0.5, shape: shape)
                return (field.name, Tensor(array))
            })
        return isConditional
            ? examples.with(labels: (0..<count).map { $0 % max(1, classes) }) : examples
    }
}

extension Network {
    /// Weights such as training begins with, but none of them zero: behind a layer of zeros nothing would be seen.
    func unevenWeights(_ random: RandomSource, number: Int) -> Storage {
        let buffer = initialWeights(random, number: number)
        let range = range(of: .weight)
        let others = random.normal(range.count, at: .init(.noise, network: number), deviation: 0.1)
        for (place, other) in zip(range, others) where buffer.pointer[place] == 0 {
            buffer.pointer[place] = other
        }
        return buffer
    }
}

/// Each weight's gradient says how the loss, a network's first scalar, changes along it.
///
/// - Parameters:
///   - buffer: The network's weights; what is changed in them is changed back.
///   - longest: How far weights are moved at most; less where a network has so few units that kinks are often crossed.
///   - message: A leaf's message, with those weights as they are.
func expectGradients(
    of network: Network, in buffer: Storage, _ gradient: [Float], longest: Float = 0.01,
    message: () throws -> [Float]
) rethrows {
    let loss = network.range(of: .scalar).lowerBound
    for (entry, range) in network.layout where entry.role == .weight {
        let own = Array(gradient[range])
        let norm = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard norm > 1e-4 else { continue }
        let before = range.map { buffer.pointer[$0] }
        func moved(by reach: Float) throws -> Float {
            for (index, place) in range.enumerated() {
                buffer.pointer[place] = before[index] + reach * own[index] / norm
            }
            defer { for (place, value) in zip(range, before) { buffer.pointer[place] = value } }
            return try message()[loss]
        }
        let reach = min(longest, 0.005 / norm)
        let slope = (try moved(by: reach) - moved(by: -reach)) / (2 * reach)
        #expect(
            abs(slope - norm) <= 0.1 * norm + 5e-3,
            "\(entry.name): the loss changes by \(slope), the gradient says \(norm)")
    }
}

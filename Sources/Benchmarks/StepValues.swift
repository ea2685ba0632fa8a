internal import Adversarial
internal import Datasets
internal import NeuralNetworks
public import Tensors

/// One step of each network of dcgan64-gp, with units that bend smoothly, because at kinks rounding errors grow too
/// large for a comparison.
struct StepValues {
    private static let latentSize = 100
    private static let batch = 4

    private let step: GameStep

    init(_ random: RandomSource) {
        step = GameStep(random) {
            LatentGame(
                &$0, LatentGame.Design(field: Field.image([]).name, latentSize: Self.latentSize),
                CriticSettings { $0.objective = .wassersteinPenalty }, critic: Self.critic,
                generator: Self.generator)
        }
    }

    /// - Parameter given: Weights by name (`step/discriminator/…` and `step/generator/…`) that are used instead of new
    ///   ones.
    /// - Throws: ``BenchmarkError`` if a weight has another shape than that of the network.
    func values(given: [String: NDArray]) throws -> [NamedValue] {
        var values: [NamedValue] = []
        let random = step.random
        var weights: [NetworkWeights] = []
        for (number, network) in step.networks.inOrder.enumerated() {
            let buffer = network.initialWeights(random, number: number)
            for (entry, range) in network.layout where entry.role == .weight {
                guard let other = given["step/\(network.name)/\(entry.name)"] else { continue }
                guard other.shape == entry.shape else {
                    throw BenchmarkError(
                        "step/\(network.name)/\(entry.name): expected \(entry.shape), found \(other.shape)"
                    )
                }
                other.copyPlain(to: buffer.pointer + range.lowerBound)
            }
            values += network.values(in: buffer, prefix: "step/\(network.name)/")
            weights.append(network.weights(in: buffer))
        }
        let image: Shape = [Self.batch, 3, 64, 64]
        let reals = NDArray(
            random.uniform(image.elementCount, at: .init(.data), in: -1..<1), shape: image)
        let latents = random.normal(
            rows: 0..<Self.batch, columns: Self.latentSize, at: .init(.latents))
        let shares = (0..<Self.batch).flatMap {
            random.uniform(1, at: .init(.interpolates, position: $0))
        }
        values += [
            NamedValue("step/reals", reals), NamedValue("step/latents", latents),
            NamedValue("step/shares", NDArray(shares, shape: [Self.batch])),
        ]
        for side in Side.allCases {
            let network = step.networks[side]
            let leaf = Leaf(
                step, Turn(side, iteration: 0), positions: 0..<Self.batch,
                weights: { weights[$0.rawValue] }, reals: { ["image": Tensor(reals)] })
            let message = try step.message(of: leaf)
            values += network.values(in: message, prefix: "step/first/\(network.name)/")
            let loss = message.view(network.range(of: .scalar)).view(0..<1)
            values.append(
                NamedValue("step/loss/\(network.name)", NDArray(shape: [1], storage: loss)))
        }
        return values
    }

    @Sendable private static func generator(_ tree: inout ParameterTree) -> any Layer {
        var layers: [any Layer] = [
            Linear(&tree, "project", from: latentSize, to: 512 * 16, hasBias: false),
            Reshape(to: [512, 4, 4]), BatchNormalization(&tree, "norm1", channels: 512), Tanh(),
        ]
        for (step, width) in [256, 128, 64].enumerated() {
            layers += [
                TransposedConvolution(
                    &tree, "up\(step + 1)", from: 2 * width, to: width, kernel: 4, stride: 2,
                    padding: 1),
                BatchNormalization(&tree, "norm\(step + 2)", channels: width), Tanh(),
            ]
        }
        let image = TransposedConvolution(
            &tree, "up4", from: 64, to: 3, kernel: 4, stride: 2, padding: 1)
        return Sequential(layers + [image, Tanh()])
    }

    @Sendable private static func critic(_ tree: inout ParameterTree) -> any Layer {
        var layers: [any Layer] = []
        var inputs = 3
        for (step, width) in [64, 128, 256, 512].enumerated() {
            layers += [
                Convolution(
                    &tree, "down\(step + 1)", from: inputs, to: width, kernel: 4, stride: 2,
                    padding: 1),
                Tanh(),
            ]
            inputs = width
        }
        let score = Linear(&tree, "score", from: 512 * 16, to: 1, hasBias: false)
        return Sequential(layers + [Flatten(), score])
    }
}

/// The values with which another library can compare itself: layers, and a whole step.
///
/// - Parameter given: The weights for the step, by name.
public func referenceValues(given: [String: NDArray]) throws -> [NamedValue] {
    let random = RandomSource(seed: 11)
    return LayerValues.all.flatMap { $0.values(random) }
        + (try StepValues(random).values(given: given))
}

/// Numbers that do not fit their purpose.
public struct BenchmarkError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

/// Pictures of one kind turned into pictures of another, learned from two sets that have no pairs (CycleGAN; Zhu et al., 2017).
///
/// Two translators share the generator side's buffer, and two critics the discriminator side's. There and back again a
/// picture is to be what it was.
struct Translation: Game {
    let phases = [Phase(repeats: Sides(discriminator: 1, generator: 1))]
    let makesFakesOfReals = true
    private let toA: any Layer
    private let toB: any Layer
    private let criticA: Critic
    private let criticB: Critic
    private let adversarialA: Term
    private let adversarialB: Term
    private let cycle: Term
    /// Holds pictures that are of the wanted kind already as they are; nil: not asked for.
    private let identity: Term?

    /// - Parameters:
    ///   - identityWeight: 0: the term is left out, and not computed.
    ///   - translator: From pictures to pictures of the same shape.
    ///   - critic: From pictures to scores.
    init(
        _ parameters: inout GameParameters, cycleWeight: Float, identityWeight: Float,
        critics: CriticSettings, translator: (inout ParameterTree) -> any Layer,
        critic: (inout ParameterTree) -> any Layer
    ) {
        toA = parameters.generator.module("to-a", translator)
        toB = parameters.generator.module("to-b", translator)
        criticA = Critic(&parameters, named: "a", critics, critic)
        criticB = Critic(&parameters, named: "b", critics, critic)
        adversarialA = Term(&parameters, "adversarial-a", weight: 1)
        adversarialB = Term(&parameters, "adversarial-b", weight: 1)
        cycle = Term(&parameters, "cycle", weight: cycleWeight)
        identity =
            identityWeight > 0
            ? Term(&parameters, "identity", weight: identityWeight) : nil
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let (reals, pass) = try (leaf.reals, leaf.generator)
        return ["a": toA(reals["b"], pass), "b": toB(reals["a"], pass)]
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        let reals = try leaf.reals
        try criticA.learn(reals["a"], fakes()["a"], leaf)
        try criticB.learn(reals["b"], fakes()["b"], leaf)
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let (fakes, reals, pass) = try (fakes(), leaf.reals, leaf.generator)
        func distance(_ first: Tensor, _ second: Tensor) -> Tensor {
            (first - second).absolute().mean()
        }
        var terms = [
            cycle(
                distance(toA(fakes["b"], pass), reals["a"])
                    + distance(toB(fakes["a"], pass), reals["b"]), leaf)
        ]
        if let identity {
            terms.append(
                identity(
                    distance(toA(reals["a"], pass), reals["a"])
                        + distance(toB(reals["b"], pass), reals["b"]), leaf))
        }
        terms.append(
            adversarialA(try criticA.loss(of: fakes["a"], against: reals["a"], leaf), leaf))
        terms.append(
            adversarialB(try criticB.loss(of: fakes["b"], against: reals["b"], leaf), leaf))
        return terms
    }
}

/// Two halvings, residual blocks with instance normalization, and up again (after Johnson et al., 2016).
func translator(_ tree: inout ParameterTree, channels: Int, width: Int, blocks: Int) -> any Layer {
    func unit(
        _ name: String, from inputs: Int, to outputs: Int, kernel: Int = 3, stride: Int = 1
    ) -> [any Layer] {
        [
            Convolution(
                &tree, name, from: inputs, to: outputs, kernel: kernel, stride: stride, padding: 1),
            ExampleNormalization(
                &tree, "\(name).norm", over: .instance, channels: outputs),
            ReLU(),
        ]
    }
    var layers = unit("first", from: channels, to: width)
    layers += unit("down1", from: width, to: 2 * width, kernel: 4, stride: 2)
    layers += unit("down2", from: 2 * width, to: 4 * width, kernel: 4, stride: 2)
    for number in 1...max(1, blocks) {
        let first = unit("block\(number).first", from: 4 * width, to: 4 * width)
        let second = unit("block\(number).second", from: 4 * width, to: 4 * width)
        layers.append(Residual(first + second.dropLast()))
    }
    layers.append(NearestUpsampling())
    layers += unit("up1", from: 4 * width, to: 2 * width)
    layers.append(NearestUpsampling())
    layers += unit("up2", from: 2 * width, to: width)
    layers += [
        Convolution(
            &tree, "last", from: width, to: channels, kernel: 3, padding: 1, hasBias: true), Tanh(),
    ]
    return Sequential(layers)
}

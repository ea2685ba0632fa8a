public import NeuralNetworks
public import Tensors

/// One generator that makes examples from latent vectors, and one critic (Goodfellow et al., 2014).
public struct LatentGame: Game {
    public let phases: [Phase]
    public let growth: Growth
    private let generator: any Layer
    private let critic: Critic
    private let design: Design

    /// The parts that define such a game.
    public struct Design: Sendable {
        /// The field that is generated.
        public var field: String
        /// The length of a latent vector.
        public var latentSize: Int
        /// Whether the networks are told the class of each example.
        public var isConditional = false
        public var growth = Growth.none
        public var settings = LatentSettings()

        public init(field: String, latentSize: Int) {
            self.field = field
            self.latentSize = latentSize
        }
    }

    /// Declares both networks.
    ///
    /// `critic` declares the layers from examples to scores, as ``Critic`` requires, and `generator` those from
    /// `[batch, latent size]` to examples.
    public init(
        _ parameters: inout GameParameters, _ design: Design, _ criticSettings: CriticSettings,
        critic: (inout ParameterTree) -> any Layer, generator: (inout ParameterTree) -> any Layer
    ) {
        phases = [
            Phase(repeats: Sides(discriminator: design.settings.criticSteps, generator: 1))
        ]
        growth = design.growth
        self.design = design
        self.critic = Critic(&parameters, criticSettings, critic)
        self.generator = generator(&parameters.generator)
    }

    public func fakes(_ leaf: Leaf) throws -> Examples {
        let pass = try leaf.generator(labels: labels(leaf.reals))
        return [design.field: generator(leaf.latents(design.latentSize), pass)]
    }

    public func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        let reals = try leaf.reals
        try critic.learn(
            reals[design.field], fakes()[design.field], labels: labels(reals), leaf)
    }

    public func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let loss = try critic.loss(
            of: fakes()[design.field], against: leaf.reals[design.field],
            labels: labels(leaf.reals), leaf)
        guard design.settings.orthogonality > 0 else { return [loss] }
        let distance = leaf.networks.generator.distanceFromOrthogonal(try leaf.generator)
        return [loss, distance * design.settings.orthogonality]
    }

    public func scores(of examples: Examples, _ leaf: Leaf) throws -> Tensor? {
        try critic.scores(of: examples[design.field], labels: labels(examples), leaf)
    }

    /// The classes that the networks are told; examples are not read if the networks are told none.
    private func labels(_ examples: @autoclosure () throws -> Examples) rethrows -> [Int]? {
        design.isConditional ? try examples().labels : nil
    }
}

/// Settings of how such a game is played.
public struct LatentSettings: SettingGroup {
    public var criticSteps = 1
    public var orthogonality: Float = 0

    public init() {}

    public static let fields: [SettingField<Self>] = [
        .whole(
            "critic-steps", \.criticSteps, 1...1000,
            "updates of the discriminator in each iteration"),
        .number(
            "orthogonality", \.orthogonality, 0...1e6,
            "weight of how far the generator's weights are from orthogonal (Brock et al., 2019)"),
    ]
}

internal import Adversarial
internal import Datasets
internal import NeuralNetworks
internal import Tensors

/// One generator that makes rows of a table from latent vectors, and one critic.
///
/// It also gives what its rows were chosen by, so that shares of choices can be brought to those of the data afterwards.
struct TableGame: Game {
    /// The field of what rows are chosen by, `[rows, width]`.
    static let scores = "scores"

    let phases = [Phase(repeats: Sides(discriminator: 1, generator: 1))]
    private let critic: Critic
    private let generator: any Layer
    private let ending: RowEnding
    private let latentSize: Int

    init(
        _ parameters: inout GameParameters, _ form: RowForm, _ network: NetworkSettings,
        _ critic: CriticSettings
    ) {
        // What comes before the ending has no bounds.
        let unbounded = Field(TableRows.field, [form.width], .numbers)
        let design = NetworkDesign(of: unbounded, classes: 0, network, judgedBy: critic)
        self.critic = Critic(&parameters, critic) { network.architecture.critic(design, &$0) }
        generator = network.architecture.generator(design, &parameters.generator)
        ending = RowEnding(form)
        latentSize = network.latentSize
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let pass = try leaf.generator
        let scores = generator(leaf.latents(latentSize), pass)
        return [TableRows.field: ending(scores, pass), Self.scores: scores]
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        try critic.learn(leaf.reals[TableRows.field], fakes()[TableRows.field], leaf)
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        [
            try critic.loss(
                of: fakes()[TableRows.field], against: leaf.reals[TableRows.field], leaf)
        ]
    }

    func scores(of examples: Examples, _ leaf: Leaf) throws -> Tensor? {
        try critic.scores(of: examples[TableRows.field], leaf)
    }
}

internal import Adversarial
internal import Datasets
internal import NeuralNetworks

/// The game of most recipes: latent vectors to examples.
@Sendable func latentGame(
    _ recipe: Recipe, _ settings: Settings, _ parameters: inout GameParameters
) throws -> any Game {
    guard let network = settings[ifPresent: NetworkSettings.self],
        let critic = settings[ifPresent: CriticSettings.self],
        let latent = settings[ifPresent: LatentSettings.self]
    else {
        throw RecipeError(
            "\(recipe.name): expected NetworkSettings, CriticSettings and LatentSettings among its defaults, which the usual game needs, found not all of them"
        )
    }
    let (field, classes) = (recipe.field(settings), recipe.classes(settings))
    guard network.architecture.draws(field.shape) else {
        throw SettingError(
            "architecture", expected: "one that draws \(field.shape)",
            found: network.architecture.rawValue, hint: "perceptron draws anything")
    }
    guard network.conditioning == .none || classes > 1 else {
        throw SettingError(
            "conditioning", expected: "none, since \(recipe.name) has no classes",
            found: network.conditioning.rawValue,
            hint: recipe.knownClasses == nil
                ? "--set classes=N says how many folders are classes" : nil)
    }
    guard
        field.kind == .image
            || (critic.augmentation.kind == .none && critic.consistency == 0 && network.growth == 0)
    else {
        throw SettingError(
            "augmentation, consistency, growth", expected: "a recipe of images", found: recipe.name)
    }
    var design = LatentGame.Design(field: field.name, latentSize: network.latentSize)
    design.isConditional = network.conditioning != .none
    if network.growth > 0 { design.growth = Growth(to: field.shape, over: network.growth) }
    design.settings = latent
    let networks = NetworkDesign(of: field, classes: classes, network, judgedBy: critic)
    return LatentGame(
        &parameters, design, critic,
        critic: { network.architecture.critic(networks, &$0) },
        generator: { network.architecture.generator(networks, &$0) })
}

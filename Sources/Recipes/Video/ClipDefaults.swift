internal import Adversarial
internal import Datasets
internal import Tensors

// What the recipes of clips have in common.

/// The game of recipes of clips.
@Sendable func motionAndContent(
    _ recipe: Recipe, _ settings: Settings, _ parameters: inout GameParameters
) throws -> any Game {
    let (field, own) = (recipe.field(settings), settings[MotionAndContentSettings.self])
    let critics = settings[CriticSettings.self]
    try critics.requireUnchanged("clips")
    guard own.critics != .fewFrames || own.sampledFrames <= field.shape[0] else {
        throw SettingError(
            "sampled-frames", expected: "at most \(field.shape[0]), the frames of a clip",
            found: own.sampledFrames)
    }
    return MotionAndContent(&parameters, field, own, critics: critics)
}

extension RunSettings {
    static let clips = RunSettings {
        $0.iterations = 4_000
        $0.batchSize = 16
        $0.microbatch = 8
        $0.checkpointEvery = 500
    }
}

extension OptimizerSettings {
    static let clips = OptimizerSettings {
        $0.learningRate = Sides(both: 3e-4)
        $0.beta1 = 0
        $0.beta2 = 0.99
        $0.annealing = RunSettings.clips.iterations
        $0.learningRateEnd = 0.1
    }
}

extension CriticSettings {
    static let clips = CriticSettings {
        $0.objective = .relativistic
        $0.r1 = 0.2
        $0.r2 = 0.2
    }
}

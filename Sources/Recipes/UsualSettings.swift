internal import Adversarial

extension CriticSettings {
    /// The relativistic loss with both penalties (R3GAN; Huang et al., 2024), stable without normalization.
    static let relativistic = CriticSettings {
        $0.objective = .relativistic
        $0.r1 = 1
        $0.r2 = 1
    }

    /// Throws where a critic is to be shown changed examples, which suits pictures alone.
    ///
    /// - Parameter examples: What they are called.
    func requireUnchanged(_ examples: String) throws {
        guard augmentation.kind == .none else {
            throw SettingError(
                "augmentation", expected: "none, since \(examples) are shown as they are",
                found: augmentation.kind.rawValue)
        }
        guard consistency == 0 else {
            throw SettingError(
                "consistency", expected: "0, since \(examples) are shown as they are",
                found: consistency)
        }
    }
}

extension Settings {
    /// For a game that makes its fakes of pictures.
    ///
    /// Rates fall to a hundredth over the iterations that are usual.
    ///
    /// - Parameters:
    ///   - resolution: Pixels a side.
    ///   - learningRate: Those of the beginning.
    ///   - game: The game's own settings.
    static func ofPictures(
        iterations: Int = 20_000, batchSize: Int, microbatch: Int, resolution: Int = 64,
        learningRate: Sides<Float> = Sides(both: 2e-4), _ game: any SettingGroup
    ) -> Settings {
        Settings(
            run: RunSettings {
                $0.iterations = iterations
                $0.batchSize = batchSize
                $0.microbatch = microbatch
                $0.checkpointEvery = 1_000
            },
            optimizer: OptimizerSettings {
                $0.learningRate = learningRate
                $0.beta2 = 0.99
                $0.annealing = iterations
                $0.learningRateEnd = 0.01
            },
            ImageSettings { $0.resolution = resolution }, CriticSettings.relativistic, game)
    }
}

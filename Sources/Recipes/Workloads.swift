internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

/// Steps to measure by, on noise: what 'swiftgan benchmark' and 'scripts/compare-with-pytorch' run.
///
/// They are recipes like any other, so they train and launch too.
extension Recipe {
    public static let workloads: [Recipe] = [
        workload("dcgan64", "DCGAN at 64 px, colour, cross-entropy", .image([3, 64, 64])),
        workload(
            "dcgan64-gp", "the same without the critic's normalization, Wasserstein with penalty",
            .image([3, 64, 64]), CriticSettings { $0.objective = .wassersteinPenalty }),
        workload(
            "resnet32-r12", "a residual pair at 32 px, relativistic with R1 and R2",
            .image([3, 32, 32]), .relativistic,
            NetworkSettings {
                $0.architecture = .r3gan
                $0.latentSize = 64
                $0.width = 96
            }),
        workload("mnist28", "DCGAN at 28 px, grey, cross-entropy", .smallGreyImage),
        workload(
            "ring", "perceptrons of 3 x 512, relativistic with R1 and R2", .point, batchSize: 256,
            .relativistic,
            NetworkSettings {
                $0.architecture = .perceptron
                $0.latentSize = 32
                $0.width = 512
            }),
    ]

    /// The workload of a name.
    ///
    /// - Throws: ``RecipeError`` with the nearest name.
    public static func workload(named name: String) throws -> Recipe {
        guard let workload = workloads.first(where: { $0.workloadName == name }) else {
            throw RecipeError(
                "no workload is called '\(name)'\(suggestion(for: name, among: workloads.map(\.workloadName)))"
            )
        }
        return workload
    }

    /// What a benchmark calls it; as a recipe its name says that it is one.
    public var workloadName: String { String(name.dropLast(workloadSuffix.count)) }

    private static func workload(
        _ name: String, _ summary: String, _ field: Field, batchSize: Int = 64,
        _ critic: CriticSettings = CriticSettings(), _ network: NetworkSettings = NetworkSettings()
    ) -> Recipe {
        let run = RunSettings {
            $0.batchSize = batchSize
            $0.microbatch = batchSize / 2
            $0.checkpointEvery = 1_000_000
        }
        return Recipe(
            name: name + workloadSuffix, summary: summary, data: "noise, made by counting; no file",
            measures: .usual,
            defaults: Settings(run: run, critic, network, LatentSettings()), knownClasses: 0,
            makeFields: { _ in [field] },
            openData: { request in
                guard request.path == nil else {
                    throw DataError("\(name): expected no --data, found '\(request.path ?? "")'")
                }
                return Noise(count: 4096, field, random: request.random)
            },
            depiction: field.kind == .image ? .image() : .point(reach: 1.5))
    }
}

private let workloadSuffix = "-workload"
